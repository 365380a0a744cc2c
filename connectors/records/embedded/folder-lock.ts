import { createHash, randomUUID } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../engine/ports/clock.ts'
import { RiskloomError } from '../../../engine/error.ts'
import { startOf } from './process-identity.ts'

export interface FolderLock {
  release(): Promise<void>
}

/** `lock.<pid>.<hash of the process’s start>.<uuid>`: the name says everything, so no half-written file can exist. */
const lockName = /^lock\.(\d+)\.([0-9a-f]{16})\./

/** Milliseconds within which two that came at once try again. */
const longestPause = 50

/**
 * One owner of the folder at a time. Who wants it announces itself by a file and then looks for others: of two, the
 * later looker sees the other, so both never have it; and a process gives up only after its own file is gone, so at
 * least one gets it. The files of processes that are gone are removed: their names are never used again.
 *
 * Fails with `data-folder-in-use`, naming the process that holds it.
 */
export async function lockFolder(folder: string, clock: Clock): Promise<FolderLock> {
  const mine = `lock.${process.pid}.${await fingerprint(process.pid)}.${randomUUID()}`
  const path = join(folder, mine)
  for (;;) {
    const holder = await findOther(folder, mine)
    if (holder !== undefined) throw inUse(folder, holder)
    await writeFile(path, '', { mode: 0o600 })
    if ((await findOther(folder, mine)) === undefined) return { release: () => rm(path, { force: true }) }
    await rm(path)
    await clock.sleep(Math.random() * longestPause)
  }
}

/** The living process behind another lock file. */
async function findOther(folder: string, mine: string): Promise<number | undefined> {
  for (const name of await readdir(folder)) {
    const [, pid, start] = lockName.exec(name) ?? []
    if (pid === undefined || name === mine) continue
    if ((await fingerprint(Number(pid))) === start) return Number(pid)
    await rm(join(folder, name), { force: true })
  }
  return undefined
}

/** Empty when there is no such process. */
async function fingerprint(pid: number): Promise<string> {
  const start = await startOf(pid)
  return start === undefined ? '' : createHash('sha256').update(start).digest('hex').slice(0, 16)
}

function inUse(folder: string, pid: number): RiskloomError {
  return new RiskloomError('data-folder-in-use', `${folder} is in use by process ${pid}`, { details: { folder, pid } })
}
