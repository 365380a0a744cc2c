/** What the addresses of the pages hold: a page that is reloaded or sent to somebody else shows the same. */

export const ranges = {
  '1h': 3_600_000,
  '6h': 21_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
} as const
export type RangeName = keyof typeof ranges

export const buckets = ['auto', 'minute', '5min', 'hour', 'day'] as const
export type BucketName = (typeof buckets)[number]

export interface OverviewSearch {
  /** A range that ends now; `from` and `to` (milliseconds) win over it. */
  readonly range?: RangeName
  readonly from?: number
  readonly to?: number
  readonly bucket?: BucketName
  readonly zone?: 'utc' | 'local'
}

const bucketMs = { minute: 60_000, '5min': 300_000, hour: 3_600_000, day: 86_400_000 } as const

/** A line of more points says nothing more and is slow to draw. */
const mostPoints = 1_000

/** Steps that a range of this length can be shown in. */
export function bucketsFor(lengthMs: number): BucketName[] {
  return buckets.filter(name => name === 'auto' || lengthMs / bucketMs[name] <= mostPoints)
}

/** The filter of the list: the names are those of the API, so that the rows behind a number are its filter as an address. */
export interface DecisionsSearch {
  readonly range?: RangeName
  readonly from?: number
  readonly to?: number
  readonly label?: string
  readonly surface?: string
  readonly action?: string
  readonly status?: 'decided' | 'dead-lettered' | 'filtered'
  readonly risky?: boolean
  readonly pipeline?: string
  readonly appId?: string
  readonly source?: string
  readonly eventType?: string
  readonly subject?: string
  readonly errorCode?: string
  readonly scoreMin?: number
  readonly scoreMax?: number
  readonly text?: string
  /** How times are shown; no filter. */
  readonly zone?: 'utc' | 'local'
}

type Raw = Record<string, unknown>

export function readOverviewSearch(raw: Raw): OverviewSearch {
  return clean({
    range: oneOf(raw['range'], Object.keys(ranges) as RangeName[]),
    from: number(raw['from']),
    to: number(raw['to']),
    bucket: oneOf(raw['bucket'], buckets),
    ...readZone(raw),
  })
}

export function readZone(raw: Raw): { zone?: 'utc' | 'local' } {
  return clean({ zone: oneOf(raw['zone'], ['utc', 'local'] as const) })
}

export function readDecisionsSearch(raw: Raw): DecisionsSearch {
  return clean({
    range: oneOf(raw['range'], Object.keys(ranges) as RangeName[]),
    from: number(raw['from']),
    to: number(raw['to']),
    label: text(raw['label']),
    surface: text(raw['surface']),
    action: text(raw['action']),
    status: oneOf(raw['status'], ['decided', 'dead-lettered', 'filtered'] as const),
    risky:
      raw['risky'] === true || raw['risky'] === 'true'
        ? true
        : raw['risky'] === false || raw['risky'] === 'false'
          ? false
          : undefined,
    pipeline: text(raw['pipeline']),
    appId: text(raw['appId']),
    source: text(raw['source']),
    eventType: text(raw['eventType']),
    subject: text(raw['subject']),
    errorCode: text(raw['errorCode']),
    scoreMin: number(raw['scoreMin']),
    scoreMax: number(raw['scoreMax']),
    text: text(raw['text']),
    ...readZone(raw),
  })
}

/** Start and end in milliseconds, and whether the end moves with the clock. */
export function spanOf(
  search: { range?: RangeName; from?: number; to?: number },
  now: number,
): { from: number; to: number; live: boolean } {
  if (search.from !== undefined && search.to !== undefined) return { from: search.from, to: search.to, live: false }
  return { from: now - ranges[search.range ?? '24h'], to: now, live: true }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function number(value: unknown): number | undefined {
  const read = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : NaN
  return Number.isFinite(read) ? read : undefined
}

function oneOf<Name extends string>(value: unknown, names: readonly Name[]): Name | undefined {
  return names.find(name => name === value)
}

type Clean<Entries> = { [Key in keyof Entries]?: Exclude<Entries[Key], undefined> }

/** Without the entries that are not set, so that they do not show in the address. */
function clean<Entries extends Record<string, unknown>>(entries: Entries): Clean<Entries> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Clean<Entries>
}
