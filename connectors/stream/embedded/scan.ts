import type { FileHandle } from 'node:fs/promises'
import {
  frameHeaderBytes,
  frameLengthAt,
  type FrameHeader,
  isIntact,
  lastOfGroup,
  magic,
  readFrameHeader,
} from './frame.ts'
import { SegmentIndex } from './segment-index.ts'
import { Window } from './window.ts'

export interface Scan {
  readonly index: SegmentIndex
  /** Next offset per partition behind the last whole group. */
  readonly next: number[]
  readonly lastTimestamp: number
  /** Where the last whole group ends. Whatever follows up to the end of the file is not whole. */
  readonly goodEnd: number
}

interface Start {
  /** Where the first group begins. */
  readonly position: number
  readonly seed: number
  /** Next offset per partition at the start of the segment. */
  readonly next: readonly number[]
  readonly timestamp: number
}

/** Reads a segment group by group, checking every frame, until its end or the first group that is not whole. */
export async function scanSegment(handle: FileHandle, start: Start): Promise<Scan> {
  const window = new Window(handle, (await handle.stat()).size)
  const index = new SegmentIndex()
  const next = [...start.next]
  let goodEnd = start.position
  let lastTimestamp = start.timestamp
  for (;;) {
    const group = await readGroup(window, goodEnd, start.seed, next)
    if (group === undefined) return { index, next, lastTimestamp, goodEnd }
    for (const { header, position, end } of group) {
      index.add(header.partition, header.base, header.timestamp, position, end)
      next[header.partition] = header.base + header.count
      lastTimestamp = header.timestamp
      goodEnd = end
    }
  }
}

interface FoundFrame {
  readonly header: FrameHeader
  readonly position: number
  readonly end: number
}

/** The frames of the group at a position; undefined when it is not whole. */
async function readGroup(
  window: Window,
  groupStart: number,
  seed: number,
  next: readonly number[],
): Promise<FoundFrame[] | undefined> {
  const frames: FoundFrame[] = []
  const expected = new Map<number, number>()
  for (let position = groupStart; ;) {
    const frame = await frameAt(window, position, seed)
    if (frame === undefined || frame.header.groupStart !== groupStart) return undefined
    const { partition, base, count, flags } = frame.header
    // A frame that does not continue its partition was moved here: as bad as a wrong check.
    if (base !== (expected.get(partition) ?? next[partition] ?? 0)) return undefined
    expected.set(partition, base + count)
    frames.push(frame)
    if ((flags & lastOfGroup) !== 0) return frames
    position = frame.end
  }
}

async function frameAt(window: Window, position: number, seed: number): Promise<FoundFrame | undefined> {
  const length = frameLengthAt(await window.view(position, frameHeaderBytes), 0)
  if (length === undefined || position + length > window.size) return undefined
  const frame = await window.view(position, length)
  if (!isIntact(frame, seed)) return undefined
  return { header: readFrameHeader(frame, 0), position, end: position + length }
}

/**
 * Is there a whole frame of a later group behind the place where a segment stops being whole? A group is written only
 * after the one before is durable, so a yes means that durable data is damaged, a no that the last write was torn.
 */
export async function laterGroupFollows(handle: FileHandle, goodEnd: number, seed: number): Promise<boolean> {
  const window = new Window(handle, (await handle.stat()).size)
  const step = 1 << 20
  for (let from = goodEnd; from < window.size; from += step) {
    // A header may begin in this step and end in the next.
    const bytes = Buffer.from(await window.view(from, step + frameHeaderBytes))
    for (let at = bytes.indexOf(magic); at !== -1 && at < step + 4; at = bytes.indexOf(magic, at + 1)) {
      const position = from + at - 4
      if (position < goodEnd) continue
      const frame = await frameAt(window, position, seed)
      if (frame !== undefined && frame.header.groupStart > goodEnd) return true
    }
  }
  return false
}
