import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { messageOf, RiskloomError } from '../../../engine/error.ts'
import { diskError, writeFileDurably } from '../../durable-files.ts'
import {
  frameHeaderBytes,
  frameLengthAt,
  frameVersion,
  headOfSegment,
  isIntact,
  readFrameHeader,
  sealFrame,
} from './frame.ts'
import type { Handles } from './handles.ts'
import { segmentName } from './names.ts'
import { laterGroupFollows, scanSegment } from './scan.ts'
import { SegmentIndex } from './segment-index.ts'
import { readAt, writeAt } from './window.ts'

/** What the first frame of a segment says. */
interface Head {
  readonly v: 1
  readonly seed: number
  /** Next offset per partition when the segment began. */
  readonly next: readonly number[]
  /** Receipt of the last record before it, milliseconds. */
  readonly lastBefore: number
}

/** A cut of the log: one file. Its index is made when it is first needed. */
export interface Segment {
  readonly sequence: number
  readonly path: string
  readonly seed: number
  readonly next: readonly number[]
  /** Receipt of the last record before it, milliseconds. */
  readonly lastBefore: number
  /** Not later than any record in it, milliseconds. */
  readonly startedAt: number
  /** Where the first group begins, bytes. */
  readonly start: number
  /** Durable bytes; grows while the segment is the last one. */
  size: number
  index: SegmentIndex | undefined
}

/** Makes the file with its head; it appears under its name only when it is whole and durable. */
export async function createSegment(
  folder: string,
  sequence: number,
  begin: { next: readonly number[]; lastBefore: number; startedAt: number },
): Promise<Segment> {
  const path = join(folder, segmentName(sequence))
  const seed = randomInt(2 ** 32)
  const { lastBefore, startedAt } = begin
  const next = [...begin.next]
  const head: Head = { v: 1, seed, next, lastBefore }
  const body = Buffer.from(JSON.stringify(head))
  const frame = Buffer.alloc(frameHeaderBytes + body.length)
  body.copy(frame, frameHeaderBytes)
  const header = { flags: headOfSegment, partition: 0, count: 0, base: sequence, timestamp: startedAt, groupStart: 0 }
  sealFrame(frame, header, 0)
  await writeFileDurably(path, frame)
  const index = new SegmentIndex()
  return { sequence, path, seed, next, lastBefore, startedAt, start: frame.length, size: frame.length, index }
}

/** Reads the head of an existing segment. Fails with `corrupt-data` when it is not whole. */
export async function openSegment(handles: Handles, folder: string, sequence: number): Promise<Segment> {
  const path = join(folder, segmentName(sequence))
  const { frame, size } = await handles.use(path, async handle => {
    const length = frameLengthAt(await readAt(handle, 0, frameHeaderBytes), 0)
    const { size } = await handle.stat()
    return { frame: await readAt(handle, 0, Math.min(length ?? 0, size)), size }
  })
  if (frame.length < frameHeaderBytes || frameLengthAt(frame, 0) !== frame.length || !isIntact(frame, 0)) {
    throw damaged(path, 0, `no whole head of version ${frameVersion}`)
  }
  const header = readFrameHeader(frame, 0)
  if ((header.flags & headOfSegment) === 0 || header.base !== sequence) {
    throw damaged(path, 0, 'the head belongs to another file')
  }
  const { seed, next, lastBefore } = parseHead(frame.toString('utf8', frameHeaderBytes))
  const startedAt = header.timestamp
  return { sequence, path, seed, next, lastBefore, startedAt, start: frame.length, size, index: undefined }
}

function parseHead(json: string): Head {
  // Written by `createSegment` and guarded by the frame’s check.
  return JSON.parse(json) as Head
}

/**
 * Makes the index of a segment that is followed by another one: it must be whole and end where the next one begins.
 * Fails with `corrupt-data`.
 */
export async function indexSegment(handles: Handles, segment: Segment, nextOne: Segment): Promise<SegmentIndex> {
  const scan = await handles.use(segment.path, handle => scanSegment(handle, startOf(segment)))
  if (scan.goodEnd !== segment.size) throw damaged(segment.path, scan.goodEnd, 'a record’s check is wrong')
  if (nextOne.next.some((offset, partition) => offset !== (scan.next[partition] ?? 0))) {
    throw damaged(segment.path, scan.goodEnd, 'records at its end are missing')
  }
  segment.index = scan.index
  return scan.index
}

/**
 * Adds a group at the end of the last segment. When that fails the file is as long as before; when even that fails the
 * error is `corrupt-data` and nothing may be written any more.
 */
export async function appendDurably(handles: Handles, segment: Segment, parts: readonly Buffer[]): Promise<void> {
  await handles.use(segment.path, async handle => {
    try {
      await writeAt(handle, parts, segment.size)
      await handle.datasync()
    } catch (error) {
      await handle.truncate(segment.size).catch((cause: unknown) => {
        throw damaged(segment.path, segment.size, 'a failed write could not be taken back', cause)
      })
      throw diskError(error, segment.path)
    }
  })
}

/**
 * Brings the last segment to its last whole group after a crash: a torn write behind it was never acknowledged and is cut
 * off. Fails with `corrupt-data` when the damage lies before a later group, where acknowledged records would be lost.
 */
export async function recoverSegment(
  handles: Handles,
  segment: Segment,
): Promise<{ next: number[]; lastTimestamp: number; cutBytes: number }> {
  return handles.use(segment.path, async handle => {
    const scan = await scanSegment(handle, startOf(segment))
    const cutBytes = segment.size - scan.goodEnd
    if (cutBytes > 0) {
      if (await laterGroupFollows(handle, scan.goodEnd, segment.seed)) {
        throw damaged(segment.path, scan.goodEnd, 'a record’s check is wrong and good records follow')
      }
      await handle.truncate(scan.goodEnd)
      await handle.sync()
    }
    segment.size = scan.goodEnd
    segment.index = scan.index
    return { next: scan.next, lastTimestamp: scan.lastTimestamp, cutBytes }
  })
}

export function damaged(path: string, position: number, reason: string, cause?: unknown): RiskloomError {
  const why = cause === undefined ? reason : `${reason}: ${messageOf(cause)}`
  return new RiskloomError('corrupt-data', `${path} is damaged at byte ${position}: ${why}`, {
    details: { file: path, position },
    cause,
  })
}

function startOf(segment: Segment): { position: number; seed: number; next: readonly number[]; timestamp: number } {
  return { position: segment.start, seed: segment.seed, next: segment.next, timestamp: segment.startedAt }
}
