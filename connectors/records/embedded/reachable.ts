import { cp, lstat, mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { SystemUser } from './system-user.ts'

/** May the user enter the folder and every folder above it? */
export async function isReachable(folder: string, user: SystemUser): Promise<boolean> {
  const path = resolve(folder)
  if (!(await mayEnter(path, user))) return false
  return dirname(path) === path || isReachable(dirname(path), user)
}

async function mayEnter(path: string, user: SystemUser): Promise<boolean> {
  const { mode, uid, gid } = await stat(path)
  if (uid === user.uid) return (mode & 0o100) !== 0
  return (mode & (gid === user.gid ? 0o010 : 0o001)) !== 0
}

/** Copies the binaries once to a folder that everybody may enter and only we may write. */
export async function reachableCopy(binaries: Binaries): Promise<string> {
  const copy = join('/var/tmp', `riskloom-postgresql-${binaries.version}-${process.getuid?.()}`)
  if (await isOurs(copy)) return copy
  const unfinished = `${copy}.${process.pid}`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o755 })
  await cp(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true })
  await rename(unfinished, copy)
  return copy
}

/** A folder of that name which somebody else made is not trusted; the rename onto it then fails. */
async function isOurs(path: string): Promise<boolean> {
  try {
    const found = await lstat(path)
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
  } catch {
    return false
  }
}
