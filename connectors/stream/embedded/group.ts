import type { NewRecord } from '../../../engine/ports/stream.ts'
import type { BufferPool } from './buffer-pool.ts'
import { encodeHeaders, frameHeaderBytes, lastOfGroup, recordHeaderBytes, sealFrame } from './frame.ts'

/** A reader checks whole frames, so frames stay small enough that reading a few records does not cost much. */
export const frameBytes = 128 << 10

export interface PlacedFrame {
  readonly partition: number
  readonly base: number
  readonly count: number
  /** Place within the group, bytes. */
  readonly start: number
  readonly end: number
}

interface OpenFrame {
  readonly partition: number
  /** Records of this partition in earlier frames of the group. */
  readonly first: number
  count: number
  bytes: number
  buffer: Buffer
}

interface Append {
  readonly positions: { partition: number; offset: number }[]
  readonly resolve: (positions: { partition: number; offset: number }[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Appends that become durable together. Records are encoded as they arrive, so callers may reuse their memory at once;
 * offsets are relative to the group until `settle`.
 */
export class Group {
  bytes = 0
  readonly #frames: OpenFrame[] = []
  readonly #open = new Map<number, OpenFrame>()
  readonly #appends: Append[] = []
  readonly #buffers: BufferPool

  constructor(buffers: BufferPool) {
    this.#buffers = buffers
  }

  append(records: readonly NewRecord[], partitions: readonly number[]): Promise<Append['positions']> {
    const positions = records.map((record, index) => this.#add(record, partitions[index] ?? 0))
    return new Promise((resolve, reject) => {
      this.#appends.push({ positions, resolve, reject })
    })
  }

  /** The group’s bytes for a place in a segment, and where each frame lies. `next` tells the partitions’ next offsets. */
  encode(place: { position: number; timestamp: number; seed: number; next: readonly number[] }): {
    parts: Buffer[]
    frames: PlacedFrame[]
  } {
    const parts: Buffer[] = []
    const placed: PlacedFrame[] = []
    let start = 0
    for (const frame of this.#frames) {
      const { partition, count } = frame
      const base = (place.next[partition] ?? 0) + frame.first
      const flags = frame === this.#frames.at(-1) ? lastOfGroup : 0
      const header = { flags, partition, count, base, timestamp: place.timestamp, groupStart: place.position }
      const part = frame.buffer.subarray(0, frame.bytes)
      sealFrame(part, header, place.seed)
      parts.push(part)
      placed.push({ partition, base, count, start, end: start + frame.bytes })
      start += frame.bytes
    }
    return { parts, frames: placed }
  }

  /** The encoded bytes are needed no longer. */
  release(): void {
    for (const { buffer } of this.#frames) this.#buffers.give(buffer)
    this.#frames.length = 0
  }

  /** Tells the callers where their records are. `next` tells the offsets from before the group. */
  settle(next: readonly number[]): void {
    for (const { positions, resolve } of this.#appends) {
      for (const position of positions) position.offset += next[position.partition] ?? 0
      resolve(positions)
    }
  }

  fail(error: unknown): void {
    for (const { reject } of this.#appends) reject(error)
  }

  #add(record: NewRecord, partition: number): { partition: number; offset: number } {
    const headers = encodeHeaders(record.headers)
    const keyBytes = record.key === null ? -1 : Buffer.byteLength(record.key)
    const headersBytes = headers === '' ? 0 : Buffer.byteLength(headers)
    const size = recordHeaderBytes + Math.max(keyBytes, 0) + headersBytes + record.value.length
    const frame = this.#frameFor(partition, size)
    const { buffer } = frame
    let at = frame.bytes
    buffer.writeUInt32LE(record.value.length, at)
    buffer.writeUInt32LE(headersBytes, at + 4)
    buffer.writeInt32LE(keyBytes, at + 8)
    at += recordHeaderBytes
    if (record.key !== null) at += buffer.write(record.key, at)
    if (headersBytes > 0) at += buffer.write(headers, at)
    buffer.set(record.value, at)
    frame.bytes += size
    this.bytes += size
    return { partition, offset: frame.first + frame.count++ }
  }

  #frameFor(partition: number, size: number): OpenFrame {
    let frame = this.#open.get(partition)
    if (frame === undefined || (frame.bytes + size > frameBytes && frame.count > 0)) {
      const first = frame === undefined ? 0 : frame.first + frame.count
      const buffer = this.#buffers.take(Math.max(frameHeaderBytes + size, 1024))
      frame = { partition, first, count: 0, bytes: frameHeaderBytes, buffer }
      this.#open.set(partition, frame)
      this.#frames.push(frame)
      this.bytes += frameHeaderBytes
    }
    if (frame.bytes + size > frame.buffer.length) {
      const larger = this.#buffers.take(Math.min(frameBytes, Math.max(2 * frame.buffer.length, frame.bytes + size)))
      frame.buffer.copy(larger, 0, 0, frame.bytes)
      frame.buffer = larger
    }
    return frame
  }
}
