import type { Analytics } from '../engine/ports/analytics.ts'
import type { Records } from '../engine/ports/records.ts'
import { positionsIn } from '../engine/ports/stream.ts'
import type { Audit } from '../schemas/api/pipelines.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { OffsetRange } from '../schemas/position.ts'

/** The audit of a pipeline with the places that are missing. */
export interface DetailedAudit extends Audit {
  /** Offsets that were planned and have no decision, at most 100 ranges. */
  readonly missing: readonly OffsetRange[]
}

interface Counts {
  readonly partition: number
  readonly decided: string
  readonly deadLettered: string
  readonly filtered: string
  /** Net of corrections. */
  readonly net: string
  readonly places: string
}

const longestList = 100
/** ClickHouse counts every row of the pipeline. */
const maxSeconds = 120

/**
 * Proves by counting that each planned event has exactly one decision. First it asks which plans are open, then it counts
 * the rows outside them: whatever finishes in between is counted once.
 */
export async function audit(
  services: { records: Records; analytics: Analytics },
  pipeline: Pipeline,
): Promise<DetailedAudit> {
  const { plans } = services.records.workspace(pipeline.workspace)
  const { ranges } = await plans.counts(pipeline.id)
  const waiting = (await plans.open(pipeline.id)).filter(plan => plan.state === 'planned' || plan.state === 'sealed')
  const open = waiting.flatMap(plan => plan.ranges.flatMap(range => clip(range, ranges)))
  const settled = ranges.flatMap(range => without(range, open))
  const rows = await count(services.analytics, pipeline, settled)
  const sum = (field: Exclude<keyof Counts, 'partition'>): number =>
    rows.reduce((total, row) => total + Number(row[field]), 0)
  const read = positionsIn(ranges)
  const inFlight = positionsIn(open)
  const places = sum('places')
  const gaps = positionsIn(settled) - places
  const duplicates = sum('net') - places
  const result = {
    pipeline: pipeline.id,
    read,
    decided: sum('decided'),
    deadLettered: sum('deadLettered'),
    filtered: sum('filtered'),
    duplicates,
    gaps,
    inFlight,
  }
  const adds = read === result.decided + result.deadLettered + result.filtered + inFlight
  const missing = gaps === 0 ? [] : await findGaps(services.analytics, pipeline, settled)
  return { ...result, ok: adds && gaps === 0 && duplicates === 0, missing }
}

const ofPipeline = `workspace = {workspace:String} AND pipeline = {pipeline:String} AND source = {source:String}
  AND incarnation = {incarnation:UInt32} AND purpose = 'live'`

/** `groupBitmap` counts distinct offsets exactly in little memory, because they are nearly contiguous. */
async function count(analytics: Analytics, pipeline: Pipeline, settled: readonly OffsetRange[]): Promise<Counts[]> {
  if (settled.length === 0) return []
  return analytics.query<Counts>(pipeline.workspace, {
    sql: `SELECT \`partition\`, sumIf(sign, status = 'decided') AS decided, sumIf(sign, status = 'dead-lettered') AS deadLettered,
            sumIf(sign, status = 'filtered') AS filtered, sum(sign) AS net, groupBitmapIf(\`offset\`, sign = 1) AS places
          FROM decisions WHERE ${ofPipeline} AND (${inside(settled)}) GROUP BY \`partition\` ORDER BY \`partition\``,
    parameters: parametersOf(pipeline),
    maxSeconds,
  })
}

function parametersOf(pipeline: Pipeline): Record<string, string | number> {
  return { pipeline: pipeline.id, source: pipeline.source, incarnation: pipeline.incarnation }
}

/** Ranges are our own numbers. */
function inside(ranges: readonly OffsetRange[]): string {
  return ranges
    .map(range => `(\`partition\` = ${range.partition} AND \`offset\` >= ${range.from} AND \`offset\` < ${range.to})`)
    .join(' OR ')
}

async function findGaps(
  analytics: Analytics,
  pipeline: Pipeline,
  settled: readonly OffsetRange[],
): Promise<OffsetRange[]> {
  const gaps: OffsetRange[] = []
  for (const range of settled) {
    const rows = await analytics.query<{ from: string; to: string }>(pipeline.workspace, {
      sql: `SELECT previous + 1 AS from, place AS to FROM (
              SELECT place, lagInFrame(place, 1, toInt64(${range.from}) - 1) OVER (ORDER BY place) AS previous FROM (
                SELECT DISTINCT toInt64(\`offset\`) AS place FROM decisions WHERE ${ofPipeline} AND (${inside([range])})
                UNION ALL SELECT toInt64(${range.to})))
            WHERE place > previous + 1 ORDER BY from LIMIT ${longestList}`,
      parameters: parametersOf(pipeline),
      maxSeconds,
    })
    for (const row of rows) gaps.push({ partition: range.partition, from: Number(row.from), to: Number(row.to) })
  }
  return gaps.slice(0, longestList)
}

/** What of a range lies within the ranges. */
export function clip(range: OffsetRange, within: readonly OffsetRange[]): OffsetRange[] {
  return within
    .filter(other => other.partition === range.partition)
    .map(other => ({
      partition: range.partition,
      from: Math.max(range.from, other.from),
      to: Math.min(range.to, other.to),
    }))
    .filter(part => part.from < part.to)
}

/** The pieces of a range that no other covers. */
export function without(range: OffsetRange, others: readonly OffsetRange[]): OffsetRange[] {
  const pieces: OffsetRange[] = []
  let from = range.from
  for (const other of clipSorted(range, others)) {
    if (other.from > from) pieces.push({ partition: range.partition, from, to: other.from })
    from = Math.max(from, other.to)
  }
  if (from < range.to) pieces.push({ partition: range.partition, from, to: range.to })
  return pieces
}

function clipSorted(range: OffsetRange, others: readonly OffsetRange[]): OffsetRange[] {
  return others.flatMap(other => clip(other, [range])).sort((a, b) => a.from - b.from)
}
