import type { FileHandle } from 'node:fs/promises'

const chunk = 1 << 20

/** A file read from front to back in chunks, with any stretch of it visible as one buffer. */
export class Window {
  readonly #handle: FileHandle
  readonly size: number
  #start = 0
  #buffer: Buffer = Buffer.alloc(0)

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.size = size
  }

  /** The bytes from a position on, shorter at the end of the file. The view holds until the next call. */
  async view(position: number, length: number): Promise<Buffer> {
    const end = Math.min(position + length, this.size)
    if (position < this.#start || end > this.#start + this.#buffer.length) {
      this.#start = position
      this.#buffer = await readAt(this.#handle, position, Math.min(this.size, Math.max(end, position + chunk)))
    }
    return this.#buffer.subarray(position - this.#start, end - this.#start)
  }
}

/** The bytes between two positions, in fresh memory; shorter when the file ends before. */
export async function readAt(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, end - start))
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/** Writes all parts one behind the other at a position, however many calls it takes. */
export async function writeAt(handle: FileHandle, parts: readonly Buffer[], position: number): Promise<void> {
  let rest = [...parts]
  let at = position
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, at)
    at += bytesWritten
    rest = behind(rest, bytesWritten)
  }
}

function behind(parts: readonly Buffer[], bytes: number): Buffer[] {
  const rest: Buffer[] = []
  let skip = bytes
  for (const part of parts) {
    if (part.length > skip) rest.push(part.subarray(skip))
    skip = Math.max(0, skip - part.length)
  }
  return rest
}
