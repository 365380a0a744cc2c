import { crc32 } from 'node:zlib'
import type { StoredRecord } from '../../../engine/ports/stream.ts'

/**
 * The format on disk, version 1, little endian. A segment file is a head frame, then groups of frames. A group is what
 * was made durable together: one frame or more, each with records of one partition, the last one flagged.
 *
 * | at | what |
 * |---|---|
 * | 0 | u32 CRC-32 of everything behind it, begun with the segment’s seed, so that no record can look like a frame |
 * | 4 | `RL` |
 * | 6 | u8 version |
 * | 7 | u8 flags: 1 last of its group, 2 head of the segment |
 * | 8 | u32 bytes of the body |
 * | 12 | u32 partition |
 * | 16 | u32 number of records |
 * | 20 | f64 offset of the first record (head: sequence of the segment) |
 * | 28 | f64 receipt, milliseconds |
 * | 36 | u32 position of the group in the file: tells a torn group from damage before a later group |
 * | 40 | body: records, each u32 bytes of the value, u32 bytes of the headers, i32 bytes of the key (−1: none), then key,
 *        headers (JSON object; none: 0 bytes), value |
 */
export const frameVersion = 1
export const frameHeaderBytes = 40
export const recordHeaderBytes = 12
export const lastOfGroup = 1
export const headOfSegment = 2
export const magic = Buffer.from('RL')
const magicWord = magic.readUInt16LE()

export interface FrameHeader {
  readonly flags: number
  readonly partition: number
  readonly count: number
  readonly base: number
  readonly timestamp: number
  readonly groupStart: number
}

/** Fills in header and check of a frame whose body already lies behind its header. */
export function sealFrame(frame: Buffer, header: FrameHeader, seed: number): void {
  frame.writeUInt16LE(magicWord, 4)
  frame.writeUInt8(frameVersion, 6)
  frame.writeUInt8(header.flags, 7)
  frame.writeUInt32LE(frame.length - frameHeaderBytes, 8)
  frame.writeUInt32LE(header.partition, 12)
  frame.writeUInt32LE(header.count, 16)
  frame.writeDoubleLE(header.base, 20)
  frame.writeDoubleLE(header.timestamp, 28)
  frame.writeUInt32LE(header.groupStart, 36)
  frame.writeUInt32LE(crc32(frame.subarray(4), seed), 0)
}

/** Length of the frame whose header starts at a place; undefined when no frame of a known version can start there. */
export function frameLengthAt(buffer: Buffer, at: number): number | undefined {
  if (at + frameHeaderBytes > buffer.length) return undefined
  if (buffer.readUInt16LE(at + 4) !== magicWord || buffer.readUInt8(at + 6) !== frameVersion) return undefined
  return frameHeaderBytes + buffer.readUInt32LE(at + 8)
}

export function isIntact(frame: Buffer, seed: number): boolean {
  return frame.readUInt32LE(0) === crc32(frame.subarray(4), seed)
}

export function readFrameHeader(buffer: Buffer, at: number): FrameHeader {
  return {
    flags: buffer.readUInt8(at + 7),
    partition: buffer.readUInt32LE(at + 12),
    count: buffer.readUInt32LE(at + 16),
    base: buffer.readDoubleLE(at + 20),
    timestamp: buffer.readDoubleLE(at + 28),
    groupStart: buffer.readUInt32LE(at + 36),
  }
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Hands the records of an intact frame from an offset on to `take`, until it says false.
 * Values are views of the frame’s memory, not copies.
 */
export function readRecords(
  frame: Buffer,
  header: FrameHeader,
  from: number,
  take: (record: StoredRecord, bytes: number) => boolean,
): void {
  const { partition, timestamp } = header
  let at = frameHeaderBytes
  for (let offset = header.base; offset < header.base + header.count; offset++) {
    const valueBytes = frame.readUInt32LE(at)
    const headersBytes = frame.readUInt32LE(at + 4)
    const keyBytes = frame.readInt32LE(at + 8)
    const keyAt = at + recordHeaderBytes
    const headersAt = keyAt + Math.max(keyBytes, 0)
    const valueAt = headersAt + headersBytes
    at = valueAt + valueBytes
    if (offset < from) continue
    const key = keyBytes < 0 ? null : frame.toString('utf8', keyAt, headersAt)
    const headers = headersBytes === 0 ? noHeaders : parseHeaders(frame.toString('utf8', headersAt, valueAt))
    const value = new Uint8Array(frame.buffer, frame.byteOffset + valueAt, valueBytes)
    if (!take({ partition, offset, timestamp, key, value, headers }, at - keyAt)) return
  }
}

function parseHeaders(json: string): Readonly<Record<string, string>> {
  // Written by `encodeHeaders` and guarded by the frame’s check.
  return JSON.parse(json) as Record<string, string>
}

/** Headers as they stand in a record; empty when there are none. */
export function encodeHeaders(headers: Readonly<Record<string, string>> | undefined): string {
  if (headers === undefined) return ''
  for (const name in headers) {
    if (Object.hasOwn(headers, name)) return JSON.stringify(headers)
  }
  return ''
}
