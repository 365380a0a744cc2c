import { codeOf, messageOf } from '../engine/error.ts'
import type { Blobs } from '../engine/ports/blobs.ts'
import type { StoredRecord, TopicInfo } from '../engine/ports/stream.ts'
import type { FactTable } from '../engine/situation/rows.ts'
import type { OffsetRange } from '../schemas/position.ts'
import { readRanges } from './read-ranges.ts'
import { createRetry } from './retry.ts'
import type { Section } from './seal.ts'
import type { PipelineServices } from './services.ts'
import { backlog, positions, take, type Marks, type Taken } from './take.ts'

/** Rows of records, as bytes by table. The same records must always give the same bytes. */
export type RowsOf = (records: readonly StoredRecord[]) => readonly Section[]

/** A topic on its way into tables of facts. */
export interface Archive {
  readonly ended: Promise<void>
  stop(): void
}

const group = 'archive'
const chunk = { records: 5_000, bytes: 16 * 1024 * 1024 }
/** A chunk that is not full waits so long for more: an insert costs the same for one row as for thousands. */
const lingerMs = 1_000
const idleMs = 5_000
const missingTopicMs = 1_000
/** Between tries after a failure that does not pass by itself: someone has to mend the cause meanwhile. */
const mendMs = 30_000

/**
 * Loads every record of a topic into tables, each exactly once.
 *
 * Which offsets make a chunk is written to a blob before anything is inserted. After a crash the chunk of the blob is
 * inserted again unless all of its offsets are committed: the same records, so the same bytes, under the same token,
 * which the store then takes only once. A step that fails is repeated for the same chunk for the same reason; only when
 * all of it is committed is the next one taken. One blob holds all partitions of a chunk, so that commits torn by the crash do
 * not matter.
 */
export function startArchive(services: PipelineServices, workspace: string, topic: string, rowsOf: RowsOf): Archive {
  const { analytics, blobs, clock, stream, telemetry } = services
  const abort = new AbortController()
  const { signal } = abort
  const retry = createRetry(services, `archive of ${topic}`)
  const planPath = planPathOf(workspace, topic)

  async function work(): Promise<void> {
    const marks = await resume()
    let since: number | undefined
    while (!signal.aborted) {
      const info = await retry('describe', () => stream.describe(topic), signal)
      const waiting = info === undefined ? 0 : backlog(info, marks).reduce((sum, count) => sum + count, 0)
      if (info === undefined) {
        await clock.sleep(missingTopicMs, signal)
      } else if (waiting === 0) {
        await retry('wait', () => stream.wait(topic, positions(info, marks), idleMs, signal), signal)
      } else if (waiting < chunk.records && clock.monotonic() - (since ??= clock.monotonic()) < lingerMs) {
        await clock.sleep(lingerMs / 4, signal)
      } else {
        since = undefined
        const taken = await retry('read', () => takeChunk(marks), signal)
        if (taken === undefined || taken.ranges.length === 0) continue
        await retry('plan', () => blobs.put(planPath, planOf(taken.ranges)), signal)
        await load(taken.ranges, taken.records)
        for (const range of taken.ranges) marks.set(range.partition, range.to)
      }
    }
  }

  /** Undefined when the topic is gone. */
  async function takeChunk(marks: Marks): Promise<Taken | undefined> {
    const info = await stream.describe(topic)
    if (info === undefined) return undefined
    const taken = await take(stream, topic, info, marks, chunk)
    for (const gap of taken.gaps) reportGap(gap)
    return taken
  }

  function reportGap(gap: OffsetRange): void {
    const count = gap.to - gap.from
    telemetry.count('archive_gaps', count, { topic })
    telemetry.log('error', `archive of ${topic}: ${count} records were removed by retention before they were read`, {
      ...gap,
    })
  }

  /** Each step by itself is repeated with what it was given, until it is done. */
  async function load(ranges: readonly OffsetRange[], records: readonly StoredRecord[]): Promise<void> {
    for (const { table, bytes } of rowsOf(records)) {
      const token = archiveToken(topic, table, ranges)
      await retry('insert', () => analytics.insert(table, bytes, token), signal)
    }
    const offsets = ranges.map(range => ({ partition: range.partition, offset: range.to }))
    await retry('commit', () => stream.groups.commit(topic, group, offsets), signal)
  }

  /** Finishes the chunk that was left open and says where to go on. */
  async function resume(): Promise<Map<number, number>> {
    const marks = new Map<number, number>()
    const info = await retry('resume', () => stream.describe(topic), signal)
    if (info === undefined) return marks
    const committed = await retry('resume', () => stream.groups.committed(topic, group), signal)
    committed.forEach((offset, partition) => {
      if (offset !== undefined && offset !== null) marks.set(partition, offset)
    })
    const ranges = await retry('resume', () => readPlan(blobs, planPath), signal)
    if (isCommitted(ranges, marks) || !isWithin(ranges, info)) return marks
    await load(ranges, await retry('resume', () => readRanges(stream, topic, ranges), signal))
    for (const range of ranges) marks.set(range.partition, range.to)
    return marks
  }

  async function live(): Promise<void> {
    while (!signal.aborted) {
      try {
        await work()
      } catch (error) {
        if (signal.aborted) return
        report(error)
        await clock.sleep(mendMs, signal)
      }
    }
  }

  function report(error: unknown): void {
    // The topic went while it was read; it may be made again.
    if (codeOf(error) === 'stream-not-found') return
    const text = `archive of ${topic} fails and is tried again in ${mendMs / 1_000} s: ${messageOf(error)}`
    telemetry.log('error', text, { code: codeOf(error) })
  }

  // Only the abort of the sleep ends it.
  return { ended: live().catch(() => undefined), stop: () => abort.abort() }
}

/**
 * Removes what an archive keeps beside its topic. To be called when the archive has ended and the topic is deleted: before,
 * the chunk may still be needed to take up what was under way.
 */
export async function forgetArchive(services: { blobs: Blobs }, workspace: string, topic: string): Promise<void> {
  await services.blobs.delete(planPathOf(workspace, topic))
}

function planPathOf(workspace: string, topic: string): string {
  return `${workspace}/archive/${topic.slice(workspace.length + 1)}`
}

function planOf(ranges: readonly OffsetRange[]): Uint8Array {
  return Buffer.from(JSON.stringify({ v: 1, ranges }))
}

/** Our own file; absent before the first chunk. */
async function readPlan(blobs: Blobs, path: string): Promise<OffsetRange[]> {
  const bytes = await blobs.get(path)
  if (bytes === undefined) return []
  const plan = JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly ranges: OffsetRange[] } // written above
  return plan.ranges
}

function isCommitted(ranges: readonly OffsetRange[], marks: Marks): boolean {
  return ranges.every(range => (marks.get(range.partition) ?? 0) >= range.to)
}

/** A chunk beyond the end of the topic is of a former topic of this name, whose deletion was cut short. */
function isWithin(ranges: readonly OffsetRange[], info: TopicInfo): boolean {
  return ranges.every(range => range.to <= (info.ends[range.partition]?.next ?? 0))
}

function archiveToken(topic: string, table: FactTable, ranges: readonly OffsetRange[]): string {
  return `${topic}/${table}/${ranges.map(range => `${range.partition}:${range.from}-${range.to}`).join(',')}`
}
