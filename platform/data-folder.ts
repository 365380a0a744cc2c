import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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
    await makeFolder(folder)
    await writeFile(probe, 'x', { mode: 0o600 })
    await rm(probe)
  } catch (error) {
    throw unusable(folder, error)
  }
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < leastFree) throw full(folder, `${megabytes(bavail * bsize)} are free`)
}

/** Step by step: a recursive `mkdir` never returns under a folder of the kernel such as /proc. */
async function makeFolder(folder: string): Promise<void> {
  const known = await stat(folder).catch(() => undefined)
  if (known?.isDirectory() === true) return
  if (dirname(folder) !== folder) await makeFolder(dirname(folder))
  await mkdir(folder, { mode: 0o700 })
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
