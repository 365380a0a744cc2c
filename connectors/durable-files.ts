import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { messageOf, RiskloomError } from '../engine/error.ts'

/** Suffix of files that are being written; whatever carries it after a crash was never finished and may be removed. */
export const unfinished = '.tmp'

/** The operating system’s code of an error (`ENOENT`, …); undefined when it has none. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Turns a full disk or quota into `disk-full` that names the path; other errors stay as they are. */
export function diskError(error: unknown, path: string): unknown {
  const code = systemCode(error)
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new RiskloomError('disk-full', `No space left to write ${path}: ${messageOf(error)}`, {
    details: { path },
    cause: error,
    transient: true,
  })
}

/** Makes the names within a folder durable: a new, renamed or removed file is there to stay only after this. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes a whole file (mode 0600) so that readers and crashes see the old content or the new one, never a part.
 * It is written in `workshop`, on the same file system, and moved to its place. Fails with `disk-full`; nothing is left
 * behind then.
 */
export async function writeFileDurably(
  path: string,
  content: Uint8Array | string,
  workshop = dirname(path),
): Promise<void> {
  const temporary = join(workshop, `${basename(path)}.${randomBytes(6).toString('hex')}${unfinished}`)
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw diskError(error, path)
  }
}
