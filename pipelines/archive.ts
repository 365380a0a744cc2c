import { codeOf, messageOf } from '../engine/error.ts'
import type { StoredRecord } from '../engine/ports/stream.ts'
import type { FactTable } from '../engine/situation/rows.ts'
import type { OffsetRange } from '../schemas/position.ts'
import { readRanges } from './read-ranges.ts'
import { createRetry } from './retry.ts'
import type { Section } from './seal.ts'
import type { PipelineServices } from './services.ts'
import { backlog, positions, take } from './take.ts'

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

/**
 * Loads every record of a topic into tables, each exactly once.
 *
 * Which offsets make a chunk is written to a blob before anything is inserted. After a crash the chunk of the blob is
 * inserted again unless all of its offsets are committed: the same records, so the same bytes, under the same token,
 * which the store then takes only once. One blob holds all partitions of a chunk, so that commits torn by the crash do
 * not matter.
 */
export function startArchive(services: PipelineServices, workspace: string, topic: string, rowsOf: RowsOf): Archive {
  const { analytics, blobs, clock, stream, telemetry } = services
  const abort = new AbortController()
  const { signal } = abort
  const retry = createRetry(services, `archive of ${topic}`)
  const planPath = `${workspace}/archive/${topic.slice(workspace.length + 1)}`

  async function work(): Promise<void> {
    const marks = new Map<number, number>()
    await retry('resume', () => resume(marks), signal)
    let since: number | undefined
    while (!signal.aborted) {
      const info = await stream.describe(topic)
      const waiting = info === undefined ? 0 : backlog(info, marks).reduce((sum, count) => sum + count, 0)
      if (info === undefined) {
        await clock.sleep(missingTopicMs, signal)
      } else if (waiting === 0) {
        await stream.wait(topic, positions(info, marks), idleMs, signal)
      } else if (waiting < chunk.records && clock.monotonic() - (since ??= clock.monotonic()) < lingerMs) {
        await clock.sleep(lingerMs / 4, signal)
      } else {
        since = undefined
        await retry('archive', () => loadNext(marks), signal)
      }
    }
  }

  async function loadNext(marks: Map<number, number>): Promise<void> {
    const info = await stream.describe(topic)
    if (info === undefined) return
    const taken = await take(stream, topic, info, marks, chunk)
    if (taken.ranges.length === 0) return
    await blobs.put(planPath, Buffer.from(JSON.stringify({ v: 1, ranges: taken.ranges })))
    await load(taken.ranges, taken.records)
    for (const range of taken.ranges) marks.set(range.partition, range.to)
  }

  async function load(ranges: readonly OffsetRange[], records: readonly StoredRecord[]): Promise<void> {
    for (const section of rowsOf(records)) {
      await analytics.insert(section.table, section.bytes, archiveToken(topic, section.table, ranges))
    }
    await stream.groups.commit(
      topic,
      group,
      ranges.map(range => ({ partition: range.partition, offset: range.to })),
    )
  }

  /** Finishes the chunk that a crash left open and says where to go on. */
  async function resume(marks: Map<number, number>): Promise<void> {
    if ((await stream.describe(topic)) === undefined) return
    const committed = await stream.groups.committed(topic, group)
    committed.forEach((offset, partition) => {
      if (offset !== undefined && offset !== null) marks.set(partition, offset)
    })
    const ranges = rangesOf(await blobs.get(planPath))
    if (ranges.every(range => (marks.get(range.partition) ?? 0) >= range.to)) return
    await load(ranges, await readRanges(stream, topic, ranges))
    for (const range of ranges) marks.set(range.partition, range.to)
  }

  const ended = work().catch((error: unknown) => {
    if (signal.aborted || codeOf(error) === 'stream-not-found') return
    telemetry.log('error', `archive of ${topic} ended: ${messageOf(error)}`, { code: codeOf(error) })
  })
  return { ended, stop: () => abort.abort() }
}

/** Our own file; absent before the first chunk. */
function rangesOf(bytes: Uint8Array | undefined): OffsetRange[] {
  if (bytes === undefined) return []
  const plan = JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly ranges: OffsetRange[] } // written above
  return plan.ranges
}

function archiveToken(topic: string, table: FactTable, ranges: readonly OffsetRange[]): string {
  return `${topic}/${table}/${ranges.map(range => `${range.partition}:${range.from}-${range.to}`).join(',')}`
}
