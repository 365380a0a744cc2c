import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RiskloomError } from '../../../engine/error.ts'
import { systemCode } from '../../durable-files.ts'
import { startOf } from './process-identity.ts'

interface Holder {
  readonly pid: number
  readonly start: string
}

export interface FolderLock {
  release(): Promise<void>
}

/**
 * One owner of the folder at a time. The lock of a process that is gone is taken over.
 * Fails with `data-folder-in-use`, naming the process that holds it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, 'lock')
  const mine = `${path}.${process.pid}.${randomUUID()}`
  const content = JSON.stringify({ v: 1, pid: process.pid, start: (await startOf(process.pid)) ?? '' })
  await writeFile(mine, content, { mode: 0o600 })
  try {
    // link refuses when the name exists, and the file is complete the moment it appears
    while (!(await linked(mine, path))) await removeStale(folder, path)
  } finally {
    await rm(mine, { force: true })
  }
  return {
    async release() {
      if ((await readText(path)) === content) await rm(path, { force: true })
    },
  }
}

async function removeStale(folder: string, path: string): Promise<void> {
  const seen = await readText(path)
  if (seen === undefined) return
  const holder = parseHolder(seen)
  if (holder !== undefined && (await startOf(holder.pid)) === holder.start) {
    throw new RiskloomError('data-folder-in-use', `${folder} is in use by process ${holder.pid}`, {
      details: { folder, pid: holder.pid },
    })
  }
  await moveAway(path, seen)
}

/** Moves the stale lock out of the way; when another process was faster and its lock was moved, it is put back. */
async function moveAway(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  if ((await readText(aside)) !== stale) await linked(aside, path)
  await rm(aside, { force: true })
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(text)
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('start' in holder)) return undefined
    return { pid: Number(holder.pid), start: String(holder.start) }
  } catch {
    return undefined
  }
}
