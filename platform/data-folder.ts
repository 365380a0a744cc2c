import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, RiskloomError } from '../engine/error.ts'

/** Free bytes without which no engine can begin: the database alone makes a log of 16 MiB a file. */
const leastFree = 128 * 1024 * 1024

/**
 * Makes the folder where it is missing and tries whether we can write there.
 *
 * @throws RiskloomError `invalid-setting` when it cannot be used, `disk-full`
 */
export async function prepareDataFolder(folder: string): Promise<void> {
  const probe = join(folder, `.write.${process.pid}`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(probe, 'x', { mode: 0o600 })
    await rm(probe)
  } catch (error) {
    throw unusable(folder, error)
  }
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < leastFree) throw full(folder, `${megabytes(bavail * bsize)} are free`)
}

function unusable(folder: string, error: unknown): RiskloomError {
  const { code } = error as NodeJS.ErrnoException // what node:fs throws
  if (code === 'ENOSPC' || code === 'EDQUOT') return full(folder, 'nothing is free')
  const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'it is no folder' : messageOf(error)
  return new RiskloomError('invalid-setting', `RISKLOOM_DATA: ${folder} cannot be used: ${reason}`, {
    details: { setting: 'RISKLOOM_DATA', value: folder },
    cause: error,
  })
}

function full(folder: string, found: string): RiskloomError {
  return new RiskloomError(
    'disk-full',
    `the disk of ${folder} is full: ${found}, ${megabytes(leastFree)} are needed to start`,
    {
      details: { folder },
    },
  )
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MiB`
}
