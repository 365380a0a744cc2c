/** Largest buffer that is made anew each time; larger ones up to `pooledBytes` are taken from the pool. */
const smallBytes = 16 << 10
const keptBuffers = 64

/**
 * Buffers for frames, used again and again: memory outside the heap that is made and dropped at a high rate costs more in
 * garbage collection than encoding does.
 */
export class BufferPool {
  readonly #pooledBytes: number
  readonly #free: Buffer[] = []

  constructor(pooledBytes: number) {
    this.#pooledBytes = pooledBytes
  }

  take(bytes: number): Buffer {
    if (bytes <= smallBytes || bytes > this.#pooledBytes) return Buffer.allocUnsafe(bytes)
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#pooledBytes)
  }

  /** Nobody may look at the buffer any more. */
  give(buffer: Buffer): void {
    if (buffer.length === this.#pooledBytes && this.#free.length < keptBuffers) this.#free.push(buffer)
  }
}
