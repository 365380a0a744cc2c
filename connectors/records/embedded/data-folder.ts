import { execFile } from 'node:child_process'
import { chmod, chown, lstat, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { RiskloomError, messageOf } from '../../../engine/error.ts'
import { syncFolder } from '../../durable-files.ts'
import { majorVersion } from './binaries.ts'
import { childEnvironment, type Launcher } from './launcher.ts'

const run = promisify(execFile)

/** Superuser of the embedded server: owns the tables and runs the migrations. */
export const ownerRole = 'riskloom_owner'

/**
 * Is there a database in the folder?
 * Fails with `corrupt-data` when it is damaged, with `records-unavailable` when another major version wrote it.
 */
export async function hasDatabase(dataFolder: string): Promise<boolean> {
  const names = await readdir(dataFolder).catch(() => [])
  if (names.length === 0) return false
  const version = (await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (version === majorVersion) return true
  if (version === '') throw new RiskloomError('corrupt-data', `${dataFolder} holds files but no PostgreSQL database`)
  throw new RiskloomError(
    'records-unavailable',
    `${dataFolder} was written by PostgreSQL ${version}; this build runs PostgreSQL ${majorVersion}`,
    { details: { found: version, expected: majorVersion } },
  )
}

/** Makes the database beside its place and moves it there when it is whole: an interrupted start leaves no half one. */
export async function makeDatabase(launcher: Launcher, dataFolder: string, password: string): Promise<void> {
  const unfinished = `${dataFolder}.new`
  const passwordFile = `${dataFolder}.password`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  try {
    if (process.getuid?.() === 0) {
      await chown(unfinished, launcher.owner.uid, launcher.owner.gid)
      await chown(passwordFile, launcher.owner.uid, launcher.owner.gid)
    }
    await initdb(launcher, unfinished, passwordFile)
    await rename(unfinished, dataFolder)
    await syncFolder(dirname(dataFolder))
  } finally {
    await rm(passwordFile, { force: true })
  }
}

async function initdb(launcher: Launcher, folder: string, passwordFile: string): Promise<void> {
  // every role needs its password, on the socket too: other programs of the same user stay out
  const wanted = ['--username', ownerRole, '--pwfile', passwordFile, '--auth', 'scram-sha-256']
  const options = ['--pgdata', folder, '--encoding', 'UTF8', '--locale', 'C', '--no-instructions', ...wanted]
  const { file, args, identity } = launcher.command(launcher.binaries.initdb, options)
  try {
    await run(file, [...args], { ...identity, env: childEnvironment, cwd: '/' })
  } catch (error) {
    const message = messageOf(error)
    const code = /No space left on device/.test(message) ? 'disk-full' : 'records-unavailable'
    throw new RiskloomError(code, `cannot make the database in ${folder}: ${message}`, { cause: error })
  }
}

/** A folder from a start as another user (root then, nobody now) is handed over whole. */
export async function giveTo(launcher: Launcher, dataFolder: string): Promise<void> {
  if (process.getuid?.() !== 0 || (await lstat(dataFolder)).uid === launcher.owner.uid) return
  const names = await readdir(dataFolder, { recursive: true })
  for (const name of ['.', ...names]) {
    const path = join(dataFolder, name)
    if (!(await lstat(path)).isSymbolicLink()) await chown(path, launcher.owner.uid, launcher.owner.gid)
  }
  await chmod(dataFolder, 0o700)
}
