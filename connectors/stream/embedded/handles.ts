import { open, type FileHandle } from 'node:fs/promises'

interface Opened {
  readonly path: string
  readonly handle: Promise<FileHandle>
  users: number
  dropped: boolean
}

/**
 * Open files, at most `limit` beside those in use: a log of a thousand segments holds few descriptors.
 * Files are opened for reading and writing and must exist.
 */
export class Handles {
  readonly #limit: number
  // In order of use: what is used is put in again, so the first one is the oldest in use.
  readonly #opened = new Map<string, Opened>()

  constructor(limit: number) {
    this.#limit = limit
  }

  async use<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
    const opened = this.#opened.get(path) ?? { path, handle: open(path, 'r+'), users: 0, dropped: false }
    this.#opened.delete(path)
    this.#opened.set(path, opened)
    opened.users++
    try {
      return await work(await opened.handle)
    } catch (error) {
      // A file that cannot be opened now may be there later.
      if (opened.users === 1 && this.#opened.get(path) === opened) this.drop(path)
      throw error
    } finally {
      opened.users--
      await this.#tidy(opened)
    }
  }

  /** Forgets a file, for instance because it was removed; it is closed when nobody uses it any more. */
  drop(path: string): void {
    const opened = this.#opened.get(path)
    if (opened === undefined) return
    opened.dropped = true
    this.#opened.delete(path)
    if (opened.users === 0) void close(opened)
  }

  async close(): Promise<void> {
    const all = [...this.#opened.values()]
    this.#opened.clear()
    await Promise.all(all.map(close))
  }

  async #tidy(used: Opened): Promise<void> {
    if (used.dropped && used.users === 0) await close(used)
    for (const opened of this.#opened.values()) {
      if (this.#opened.size <= this.#limit) return
      if (opened.users > 0) continue
      this.#opened.delete(opened.path)
      await close(opened)
    }
  }
}

/** Closing what could not be opened, or was closed with an error already reported by its user, is no news. */
async function close(opened: Opened): Promise<void> {
  await opened.handle.then(
    handle => handle.close(),
    () => undefined,
  )
}
