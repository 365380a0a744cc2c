import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a running server says of itself in its data folder. */
export interface PostmasterFile {
  readonly pid: number
  readonly socketFolder: string
  readonly status: string
}

/** Lines of postmaster.pid: pid, data folder, start, port, socket folder, address, shared memory, status. */
export async function readPostmasterFile(dataFolder: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n').map(line => line.trim())
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, socketFolder: lines[4] ?? '', status: lines[7] ?? '' }
}

/**
 * The number in a stale file may belong to a stranger by now, and PostgreSQL would refuse to start beside it.
 * Our own number in its place says “gone” to our child, and the line that names the shared memory stays: the check that
 * no backend of the old server still runs is not lost.
 */
export async function disownPostmasterFile(dataFolder: string): Promise<void> {
  const path = join(dataFolder, 'postmaster.pid')
  const [, ...rest] = (await readFile(path, 'utf8')).split('\n')
  await writeFile(path, [String(process.pid), ...rest].join('\n'))
}
