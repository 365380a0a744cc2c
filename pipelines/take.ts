import { codeOf, messageOf, RiskloomError } from '../engine/error.ts'
import type { StoredRecord, Stream, TopicInfo } from '../engine/ports/stream.ts'
import type { OffsetRange } from '../schemas/position.ts'
import { shares } from './shares.ts'

/** Records that were read together with the ranges they fill. */
export interface Taken {
  readonly ranges: readonly OffsetRange[]
  readonly records: readonly StoredRecord[]
  /** What retention removed before it was read. It lies within the ranges. */
  readonly gaps: readonly OffsetRange[]
}

/** Next offset to take, per partition. Partitions that are absent begin at their oldest record. */
export type Marks = ReadonlyMap<number, number>

interface Part {
  readonly range: OffsetRange
  readonly records: readonly StoredRecord[]
  readonly gaps: readonly OffsetRange[]
}

/** Records that were not taken yet, per partition. */
export function backlog(info: TopicInfo, marks: Marks): number[] {
  return info.ends.map((end, partition) => Math.max(0, end.next - (marks.get(partition) ?? end.earliest)))
}

/** Where each partition goes on. */
export function positions(info: TopicInfo, marks: Marks): number[] {
  return info.ends.map((end, partition) => marks.get(partition) ?? end.earliest)
}

/**
 * Takes up to `limit` from all partitions, each its fair share.
 *
 * @throws RiskloomError `offset-out-of-range`, transient, while retention goes on removing what is about to be read
 */
export async function take(
  stream: Stream,
  topic: string,
  info: TopicInfo,
  marks: Marks,
  limit: { readonly records: number; readonly bytes: number },
): Promise<Taken> {
  const wanted = shares(backlog(info, marks), limit.records)
  const bytes = Math.ceil(limit.bytes / Math.max(1, wanted.filter(count => count > 0).length))
  const parts = await Promise.all(
    info.ends.map((end, partition) => {
      const mark = marks.get(partition) ?? end.earliest
      return takePart(stream, topic, {
        partition,
        mark,
        earliest: end.earliest,
        records: wanted[partition] ?? 0,
        bytes,
      })
    }),
  )
  const taken = parts.filter(part => part.range.to > part.range.from)
  return {
    ranges: taken.map(part => part.range),
    records: taken.flatMap(part => part.records),
    gaps: taken.flatMap(part => part.gaps),
  }
}

async function takePart(
  stream: Stream,
  topic: string,
  wanted: { partition: number; mark: number; earliest: number; records: number; bytes: number },
): Promise<Part> {
  const { partition, mark, earliest } = wanted
  const records: StoredRecord[] = []
  const gaps: OffsetRange[] = []
  let at = mark
  const skipTo = (offset: number): void => {
    if (offset <= at) return
    gaps.push({ partition, from: at, to: offset })
    at = offset
  }
  if (wanted.records > 0) skipTo(earliest)
  let left = wanted.bytes
  while (records.length < wanted.records && left > 0) {
    const limit = { records: wanted.records - records.length, bytes: left }
    const part = await readOnward(stream, topic, { partition, from: at }, limit)
    skipTo(part.from)
    if (part.records.length === 0) break
    for (const record of part.records) {
      records.push(record)
      left -= record.value.length
      at = record.offset + 1
    }
  }
  return { range: { partition, from: mark, to: at }, records, gaps }
}

/** As `Stream.read`, but from what is now the oldest record when retention removed the place asked for. */
async function readOnward(
  stream: Stream,
  topic: string,
  place: { readonly partition: number; readonly from: number },
  limit: { readonly records: number; readonly bytes: number },
): Promise<{ readonly from: number; readonly records: readonly StoredRecord[] }> {
  const { partition, from } = place
  try {
    return { from, records: await stream.read(topic, partition, from, limit) }
  } catch (error) {
    if (codeOf(error) !== 'offset-out-of-range') throw error
    const earliest = (await stream.describe(topic))?.ends[partition]?.earliest ?? from
    const onward = Math.max(from, earliest)
    return { from: onward, records: await stream.read(topic, partition, onward, limit).catch(rethrowPassing) }
  }
}

/** A segment is gone before the description says so, or one more went: the next look finds the oldest record. */
function rethrowPassing(error: unknown): never {
  if (codeOf(error) !== 'offset-out-of-range') throw error
  throw new RiskloomError('offset-out-of-range', messageOf(error), { cause: error, transient: true })
}
