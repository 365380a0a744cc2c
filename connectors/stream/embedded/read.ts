import { RiskloomError } from '../../../engine/error.ts'
import type { StoredRecord } from '../../../engine/ports/stream.ts'
import { systemCode } from '../../durable-files.ts'
import { frameLengthAt, isIntact, readFrameHeader, readRecords, type FrameHeader } from './frame.ts'
import type { Handles } from './handles.ts'
import { damaged, type Segment } from './segment.ts'
import type { Piece } from './segment-index.ts'
import type { TopicLog } from './topic-log.ts'
import { readAt } from './window.ts'

/** How much is read from a file at once, at most; larger only where a single frame is. */
const pieceBytes = 1 << 20
/** A guess, so that asking for few records does not read a whole piece. */
const likelyRecordBytes = 2 << 10

export interface ReadLimit {
  readonly records: number
  readonly bytes?: number
}

/** Records of a partition from an offset on; values are views of the chunks read, not copies. */
export async function readFrom(
  log: TopicLog,
  handles: Handles,
  partition: number,
  from: number,
  limit: ReadLimit,
): Promise<StoredRecord[]> {
  checkOffset(log, partition, from)
  const records: StoredRecord[] = []
  const maxBytes = limit.bytes ?? Infinity
  const end = log.next(partition)
  let offset = from
  let bytes = 0
  let full = limit.records < 1
  const take = (record: StoredRecord, size: number): boolean => {
    full ||= records.length > 0 && bytes + size > maxBytes
    if (full) return false
    records.push(record)
    bytes += size
    offset = record.offset + 1
    full = records.length >= limit.records
    return !full
  }
  while (!full && offset < end) {
    const want = Math.min(pieceBytes, maxBytes - bytes, (limit.records - records.length) * likelyRecordBytes)
    const before = offset
    await eachFrame(log, handles, { partition, offset, want }, (frame, header) => {
      if (header.base + header.count > offset) readRecords(frame, header, offset, take)
      return !full
    })
    if (offset === before && !full)
      throw damaged(log.folder, 0, `offset ${offset} of partition ${partition} is missing`)
  }
  return records
}

/** Offset of the first record at or behind a time; the next one to come when there is none. */
export async function findOffset(
  log: TopicLog,
  handles: Handles,
  partition: number,
  timestamp: number,
): Promise<number> {
  const first = Math.max(
    0,
    log.segments.findLastIndex(segment => segment.startedAt < timestamp),
  )
  for (const segment of log.segments.slice(first)) {
    try {
      const found = await firstInSegment(log, handles, segment, partition, timestamp)
      if (found !== undefined) return found
    } catch (error) {
      // Removed by retention meanwhile: whatever is sought lies behind it.
      if (log.segments.includes(segment)) throw error
    }
  }
  return log.next(partition)
}

function checkOffset(log: TopicLog, partition: number, from: number): void {
  const earliest = log.earliest(partition)
  if (from >= earliest) return
  throw new RiskloomError(
    'offset-out-of-range',
    `Offset ${from} of ${log.topic}, partition ${partition}, was removed; the oldest is ${earliest}`,
    { details: { topic: log.topic, partition, offset: from, earliest } },
  )
}

type Visit = (frame: Buffer, header: FrameHeader) => boolean

/** Reads the piece of the log that holds an offset and visits the partition’s frames in it. */
async function eachFrame(
  log: TopicLog,
  handles: Handles,
  at: { partition: number; offset: number; want: number },
  visit: Visit,
): Promise<void> {
  const segment = log.segments.findLast(candidate => (candidate.next[at.partition] ?? 0) <= at.offset)
  try {
    const piece = segment && (await log.indexOf(segment)).pieceAt(at.partition, at.offset, at.want)
    if (segment !== undefined && piece !== undefined) await visitPiece(handles, segment, piece, at.partition, visit)
  } catch (error) {
    // Retention may have removed the file between the look at the list and its opening.
    checkOffset(log, at.partition, at.offset)
    if (systemCode(error) === 'ENOENT') throw damaged(segment?.path ?? log.folder, 0, 'the file is missing', error)
    throw error
  }
}

async function firstInSegment(
  log: TopicLog,
  handles: Handles,
  segment: Segment,
  partition: number,
  timestamp: number,
): Promise<number | undefined> {
  let found: number | undefined
  const index = await log.indexOf(segment)
  for (const piece of index.piecesFrom(partition, timestamp)) {
    await visitPiece(handles, segment, piece, partition, (_frame, header) => {
      if (header.timestamp >= timestamp) found = header.base
      return found === undefined
    })
    if (found !== undefined) break
  }
  return found
}

/** Frames of other partitions are skipped by their length; those visited are checked first. */
async function visitPiece(
  handles: Handles,
  segment: Segment,
  piece: Piece,
  partition: number,
  visit: Visit,
): Promise<void> {
  const bytes = await handles.use(segment.path, handle => readAt(handle, piece.start, piece.end))
  for (let at = 0; at < piece.end - piece.start;) {
    const length = frameLengthAt(bytes, at)
    if (length === undefined || at + length > bytes.length) {
      throw damaged(segment.path, piece.start + at, 'a record’s frame is cut or overwritten')
    }
    const header = readFrameHeader(bytes, at)
    if (header.partition === partition) {
      const frame = bytes.subarray(at, at + length)
      if (!isIntact(frame, segment.seed)) throw damaged(segment.path, piece.start + at, 'a record’s check is wrong')
      if (!visit(frame, header)) return
    }
    at += length
  }
}
