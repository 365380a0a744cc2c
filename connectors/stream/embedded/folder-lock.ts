import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as z from 'zod'
import { RiskloomError } from '../../../engine/error.ts'
import { systemCode } from '../../durable-files.ts'

const Owner = z.object({
  pid: z.int().min(1),
  /** Start of the process in clock ticks, where the system tells it: a pid alone may have passed to another program. */
  startedAt: z.string().nullable(),
  /** Differs for each opening, so that an owner recognises its own lock. */
  mark: z.string(),
})
type Owner = z.infer<typeof Owner>

/** Marks of this process: a lock with our pid that is none of these was left by an earlier process with this pid. */
const ours = new Set<string>()

/** Longer than another opener needs between looking at a stale lock and replacing it. */
const settleMs = 50

/**
 * Keeps a folder for one opener, in this process or another. A lock whose process is gone is taken over.
 * Fails with `data-folder-in-use` naming the process. Returns what gives the folder free.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const path = join(folder, 'lock')
  const owner: Owner = { pid: process.pid, startedAt: startOf(process.pid), mark: randomBytes(8).toString('hex') }
  const draft = join(folder, `lock.${owner.mark}`)
  writeFileSync(draft, JSON.stringify(owner), { mode: 0o600 })
  ours.add(owner.mark)
  try {
    if (!linkIfFree(draft, path)) await takeOver(folder, path, draft, owner)
  } catch (error) {
    ours.delete(owner.mark)
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return () => {
    ours.delete(owner.mark)
    if (readOwner(path)?.mark === owner.mark) rmSync(path, { force: true })
  }
}

function linkIfFree(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * Of several openers that find the same stale lock the last one to replace it wins: each looks again a little later.
 * Looking and replacing happen without a pause between them.
 */
async function takeOver(folder: string, path: string, draft: string, owner: Owner): Promise<void> {
  const holder = readOwner(path)
  if (holder !== undefined && isAlive(holder)) throw inUse(folder, holder)
  renameSync(draft, path)
  await delay(settleMs)
  const winner = readOwner(path)
  if (winner?.mark !== owner.mark) throw inUse(folder, winner)
}

function readOwner(path: string): Owner | undefined {
  try {
    return Owner.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Missing, or left empty by a power cut: nobody we could ask holds it.
    return undefined
  }
}

function isAlive(owner: Owner): boolean {
  if (owner.pid === process.pid) return ours.has(owner.mark)
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // Any other refusal means that the process is there and belongs to somebody else.
    if (systemCode(error) === 'ESRCH') return false
  }
  const startedAt = startOf(owner.pid)
  return startedAt === null || owner.startedAt === null || startedAt === owner.startedAt
}

/** Start of a process since boot (Linux); null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    // The name of the program stands in brackets and may hold anything; the fields behind it are plain.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function inUse(folder: string, holder: Owner | undefined): RiskloomError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid}`
  return new RiskloomError('data-folder-in-use', `${folder} is in use by ${who}`, {
    details: { folder, pid: holder?.pid ?? null },
  })
}
