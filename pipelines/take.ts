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
  readonly gap: OffsetRange | undefined
}

/** Records that were not taken yet, per partition. */
export function backlog(info: TopicInfo, marks: Marks): number[] {
  return info.ends.map((end, partition) => Math.max(0, end.next - (marks.get(partition) ?? end.earliest)))
}

/** Where each partition goes on. */
export function positions(info: TopicInfo, marks: Marks): number[] {
  return info.ends.map((end, partition) => marks.get(partition) ?? end.earliest)
}

/** Takes up to `limit` from all partitions, each its fair share. */
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
    gaps: taken.flatMap(part => part.gap ?? []),
  }
}

async function takePart(
  stream: Stream,
  topic: string,
  wanted: { partition: number; mark: number; earliest: number; records: number; bytes: number },
): Promise<Part> {
  const { partition, mark, earliest } = wanted
  const records: StoredRecord[] = []
  let at = wanted.records === 0 ? mark : Math.max(mark, earliest)
  let left = wanted.bytes
  while (records.length < wanted.records && left > 0) {
    const part = await stream.read(topic, partition, at, { records: wanted.records - records.length, bytes: left })
    if (part.length === 0) break
    for (const record of part) {
      records.push(record)
      left -= record.value.length
      at = record.offset + 1
    }
  }
  const gap = mark < earliest && at > mark ? { partition, from: mark, to: earliest } : undefined
  return { range: { partition, from: mark, to: at }, records, gap }
}
