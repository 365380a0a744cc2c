import { createHash } from 'node:crypto'
import type { NewRecord, Stream } from '../../engine/ports/stream.ts'
import type { DetailedAudit } from '../../pipelines/audit.ts'

/** What was appended and acknowledged, as the test itself wrote it down. */
export interface LedgerEntry {
  readonly partition: number
  readonly offset: number
  readonly sha256: string
  /** Null where the record is no event. */
  readonly eventId: string | null
  readonly text: string | null
  readonly expected: 'decided' | 'dead-lettered' | 'repeat'
}

/** What the stores hold in the end. */
export interface FaultOutcome {
  readonly decisions: readonly {
    readonly partition: number
    readonly offset: number
    readonly status: string
    readonly eventId: string
    readonly payloadHash: string
    readonly duplicateOf: string
    readonly runId: string
    readonly versionId: string
    readonly attempts: number
  }[]
  readonly events: readonly { readonly partition: number; readonly offset: number; readonly payload: string }[]
  readonly runs: readonly { readonly runId: string }[]
  readonly nodeRuns: readonly { readonly id: string; readonly runId: string }[]
  /** Sum of the rollup by minute. */
  readonly rollup: number
  readonly deadLetters: readonly string[]
  readonly committed: readonly number[]
  readonly audit: DetailedAudit
}

export const partitions = 2

/**
 * Fills the topic: a poison record at the head of each partition, events, some that the workflow fails on, some with
 * wrong data, and repeats of ids in the same partition and in the other one.
 */
export async function fillTopic(stream: Stream, topic: string, eventsEach: number): Promise<LedgerEntry[]> {
  const drafts: { record: NewRecord; entry: Omit<LedgerEntry, 'partition' | 'offset'> }[] = []
  const add = (
    partition: number,
    value: Uint8Array,
    entry: Omit<LedgerEntry, 'partition' | 'offset' | 'sha256'>,
  ): void => {
    drafts.push({
      record: { key: null, value, partition, headers: { 'content-type': 'application/json' } },
      entry: { ...entry, sha256: createHash('sha256').update(value).digest('hex') },
    })
  }
  for (let partition = 0; partition < partitions; partition += 1) {
    add(partition, Buffer.from([0xff, 0xfe, 0x00, 0x7b]), { eventId: null, text: null, expected: 'dead-lettered' })
    for (let number = 0; number < eventsEach; number += 1) {
      const id = `e-${partition}-${number}`
      const text = number % 29 === 7 ? `${id} breaks` : number % 3 === 0 ? `${id} spam` : `${id} 你好`
      const expected = text.endsWith('breaks') ? 'dead-lettered' : 'decided'
      add(partition, eventBytes(id, { text }), { eventId: id, text, expected })
      if (number % 20 === 11) add(partition, eventBytes(id, { text }), { eventId: id, text, expected: 'repeat' })
      if (number % 25 === 13)
        add(partition, Buffer.from(`{"id": "cut-${id}`), { eventId: null, text: null, expected: 'dead-lettered' })
      if (number % 40 === 17)
        add(partition, eventBytes(`wrong-${id}`, { txt: '' }), {
          eventId: `wrong-${id}`,
          text: null,
          expected: 'dead-lettered',
        })
    }
    add(partition, eventBytes('in-both', { text: 'in both' }), {
      eventId: 'in-both',
      text: 'in both',
      expected: partition === 0 ? 'decided' : 'repeat',
    })
  }
  const positions = await stream.append(
    topic,
    drafts.map(draft => draft.record),
  )
  return drafts.map(({ entry }, index) => {
    const position = positions[index]
    if (position === undefined) throw new Error('an append was not acknowledged')
    return { ...entry, ...position }
  })
}

function eventBytes(id: string, data: object): Uint8Array {
  return Buffer.from(JSON.stringify({ specversion: '1.0', id, source: 'test', type: 'report', data }))
}

/**
 * Holds what the stores have against the ledger; the answer lists everything that is wrong.
 *
 * @param calls texts that the outside world was called with
 * @param repeatsAllowed calls that may have been under way, unrecorded, when the process was killed
 */
export function checkOutcome(
  ledger: readonly LedgerEntry[],
  outcome: FaultOutcome,
  calls: readonly string[],
  repeatsAllowed: number,
): string[] {
  return [
    ...checkDecisions(ledger, outcome),
    ...checkOnce(
      'run',
      outcome.runs.map(run => run.runId),
    ),
    ...checkOnce(
      'node run',
      outcome.nodeRuns.map(run => `${run.runId}/${run.id}`),
    ),
    ...checkOnce('dead letter', outcome.deadLetters),
    ...checkOnce('archived event', outcome.events.map(place)),
    ...checkTotals(ledger, outcome),
    ...checkCalls(ledger, calls, repeatsAllowed),
  ]
}

function place(row: { readonly partition: number; readonly offset: number }): string {
  return `${row.partition}/${row.offset}`
}

function checkDecisions(ledger: readonly LedgerEntry[], outcome: FaultOutcome): string[] {
  const wrong = checkOnce('decision', outcome.decisions.map(place))
  const byPlace = new Map(outcome.decisions.map(row => [place(row), row]))
  const acknowledged = new Set(ledger.map(place))
  for (const row of outcome.decisions)
    if (!acknowledged.has(place(row))) wrong.push(`decision ${place(row)} was invented`)
  for (const entry of ledger) {
    const row = byPlace.get(place(entry))
    if (row === undefined) wrong.push(`event ${place(entry)} was lost`)
    else wrong.push(...checkDecision(entry, row))
  }
  const firsts = outcome.decisions.filter(row => row.eventId === 'in-both' && row.status === 'decided')
  if (firsts.length !== 1) wrong.push(`the id in both partitions was decided ${firsts.length} times`)
  return wrong
}

function checkDecision(entry: LedgerEntry, row: FaultOutcome['decisions'][number]): string[] {
  const wrong: string[] = []
  if (row.payloadHash !== entry.sha256) wrong.push(`decision ${place(entry)} has another payload`)
  if (row.versionId === '') wrong.push(`decision ${place(entry)} names no version`)
  if (row.status === 'decided' && (row.runId === '' || row.attempts < 1))
    wrong.push(`decision ${place(entry)} names no run`)
  if (entry.eventId === 'in-both') return wrong
  const expected = entry.expected === 'repeat' ? 'filtered' : entry.expected
  if (row.status !== expected) wrong.push(`event ${place(entry)} is ${row.status}, not ${expected}`)
  return wrong
}

function checkOnce(what: string, keys: readonly string[]): string[] {
  const seen = new Set<string>()
  const wrong: string[] = []
  for (const key of keys) {
    if (seen.has(key)) wrong.push(`${what} ${key} is there twice`)
    seen.add(key)
  }
  return wrong
}

function checkTotals(ledger: readonly LedgerEntry[], outcome: FaultOutcome): string[] {
  const count = (status: string): number => outcome.decisions.filter(row => row.status === status).length
  const { audit } = outcome
  const numbers: [string, number, number][] = [
    ['dead letters', outcome.deadLetters.length, count('dead-lettered')],
    ['archived events', outcome.events.length, ledger.length],
    ['rollup', outcome.rollup, ledger.length],
    ['runs', outcome.runs.length, outcome.decisions.filter(row => row.runId !== '').length],
    ['committed offsets', outcome.committed.reduce((sum, offset) => sum + offset, 0), ledger.length],
    ['audit: read', audit.read, ledger.length],
    ['audit: decided', audit.decided, count('decided')],
    ['audit: dead-lettered', audit.deadLettered, count('dead-lettered')],
    ['audit: filtered', audit.filtered, count('filtered')],
    ['audit: in flight', audit.inFlight, 0],
  ]
  const wrong = numbers
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found, expected]) => `${what}: ${found} instead of ${expected}`)
  return audit.ok ? wrong : [...wrong, `the audit does not add up: ${JSON.stringify(audit)}`]
}

function checkCalls(ledger: readonly LedgerEntry[], calls: readonly string[], repeatsAllowed: number): string[] {
  const wanted = new Set(ledger.filter(entry => entry.text !== null).map(entry => entry.text))
  const made = new Set(calls)
  const wrong = [...wanted]
    .filter(text => text !== null && !made.has(text))
    .map(text => `the outside was never called with ${text}`)
  const repeats = calls.length - made.size
  return repeats > repeatsAllowed
    ? [...wrong, `${repeats} calls were repeated, at most ${repeatsAllowed} were not recorded yet`]
    : wrong
}
