import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The port is part of the socket's name only: nothing listens on TCP. */
export const socketPort = 5432

/** sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero. */
const longestPath = 103

/** A folder that only the database's user and we may enter. */
export interface SocketFolder {
  readonly path: string
  remove(): Promise<void>
}

/** `socket` in the records folder, or a temporary folder where that path is too long for a Unix socket. */
export async function makeSocketFolder(folder: string, owner: { uid: number; gid: number }): Promise<SocketFolder> {
  const path = await makeFolder(join(folder, 'socket'))
  await chmod(path, 0o700)
  if (process.getuid?.() === 0) await chown(path, owner.uid, owner.gid)
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

async function makeFolder(wanted: string): Promise<string> {
  if (fits(wanted)) {
    await mkdir(wanted, { recursive: true, mode: 0o700 })
    return wanted
  }
  const parent = fits(join(tmpdir(), 'riskloom-XXXXXX')) ? tmpdir() : '/tmp'
  return mkdtemp(join(parent, 'riskloom-'))
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${socketPort}`)) <= longestPath
}
