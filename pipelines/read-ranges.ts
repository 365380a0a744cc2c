import { codeOf } from '../engine/error.ts'
import type { StoredRecord, Stream } from '../engine/ports/stream.ts'
import type { OffsetRange } from '../schemas/position.ts'

/** All records of the ranges that are still there. What retention took is a gap, which the audit shows. */
export async function readRanges(
  stream: Stream,
  topic: string,
  ranges: readonly OffsetRange[],
): Promise<StoredRecord[]> {
  const parts = await Promise.all(ranges.map(range => readRange(stream, topic, range)))
  return parts.flat()
}

async function readRange(stream: Stream, topic: string, range: OffsetRange): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  let at = range.from
  while (at < range.to) {
    const part = await readPart(stream, topic, range.partition, at, range.to - at)
    const inside = part.filter(record => record.offset < range.to)
    for (const record of inside) records.push(record)
    const last = inside.at(-1)
    if (last === undefined) break
    at = last.offset + 1
  }
  return records
}

/** As `Stream.read`, but from the oldest record when the place asked for is gone. */
async function readPart(
  stream: Stream,
  topic: string,
  partition: number,
  from: number,
  records: number,
): Promise<StoredRecord[]> {
  try {
    return await stream.read(topic, partition, from, { records })
  } catch (error) {
    if (codeOf(error) !== 'offset-out-of-range') throw error
    const earliest = (await stream.describe(topic))?.ends[partition]?.earliest ?? from
    if (earliest <= from) throw error
    return stream.read(topic, partition, earliest, { records })
  }
}
