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

/** Writes all bytes at a position, however many calls it takes. */
export async function writeAt(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written)
    written += bytesWritten
  }
}
