import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { RiskloomError, messageOf } from '../../../engine/error.ts'
import { binariesIn, type Binaries } from './binaries.ts'
import { chooseUser, type SystemUser } from './system-user.ts'
import { isReachable, reachableCopy } from './reachable.ts'

const run = promisify(execFile)

/** PostgreSQL refuses to run as root; a launcher is one way of running it as somebody else. */
export interface Launcher {
  readonly kind: LauncherKind
  readonly binaries: Binaries
  /** Whom the files of the database belong to, seen from here. */
  readonly owner: { readonly uid: number; readonly gid: number }
  /** Command, arguments and identity to spawn `binary` with. */
  command(binary: string, args: readonly string[]): Command
}

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly identity: { readonly uid?: number; readonly gid?: number }
}

export type LauncherKind = 'same-user' | 'user-namespace' | 'other-user'

/** Only what a child needs: nothing of our own environment reaches it. */
export const childEnvironment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** The first way that works here. `kinds` narrows the choice. */
export async function chooseLauncher(
  binaries: Binaries,
  folder: string,
  kinds: readonly LauncherKind[] = ['same-user', 'user-namespace', 'other-user'],
): Promise<Launcher> {
  const reasons: string[] = []
  for (const kind of kinds) {
    try {
      return await launchers[kind](binaries, folder)
    } catch (error) {
      reasons.push(`${kind}: ${messageOf(error)}`)
    }
  }
  throw new RiskloomError(
    'records-unavailable',
    `PostgreSQL refuses to run as root and no other user can run it here (${reasons.join('; ')}); ` +
      'start as another user or set DATABASE_URL',
    { details: { reasons } },
  )
}

const launchers: Record<LauncherKind, (binaries: Binaries, folder: string) => Promise<Launcher>> = {
  'same-user': sameUser,
  'user-namespace': userNamespace,
  'other-user': otherUser,
}

async function sameUser(binaries: Binaries): Promise<Launcher> {
  const uid = process.getuid?.() ?? 0
  const gid = process.getgid?.() ?? 0
  if (uid === 0) throw new Error('we are root')
  return launcher('same-user', binaries, { uid, gid }, (file, args) => ({ file, args, identity: {} }))
}

/** Files stay ours: inside the namespace we appear as the mapped user. No privilege is needed or given. */
async function userNamespace(binaries: Binaries): Promise<Launcher> {
  const { uid, gid } = await chooseUser()
  const wrapped = (file: string, args: readonly string[]): Command => ({
    file: 'unshare',
    args: ['-U', `--map-user=${uid}`, `--map-group=${gid}`, file, ...args],
    identity: {},
  })
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  return probed(launcher('user-namespace', binaries, owner, wrapped))
}

/** The other user must reach binaries and data through every parent folder. */
async function otherUser(binaries: Binaries, folder: string): Promise<Launcher> {
  const user: SystemUser = await chooseUser()
  if (!(await isReachable(folder, user))) throw new Error(`${user.name} cannot reach ${folder}`)
  const home = (await isReachable(binaries.folder, user)) ? binaries.folder : await reachableCopy(binaries)
  const reached = { ...binariesIn(home), version: binaries.version }
  const identity = { uid: user.uid, gid: user.gid }
  return probed(launcher('other-user', reached, identity, (file, args) => ({ file, args, identity })))
}

function launcher(
  kind: LauncherKind,
  binaries: Binaries,
  owner: Launcher['owner'],
  command: Launcher['command'],
): Launcher {
  return { kind, binaries, owner, command }
}

async function probed(candidate: Launcher): Promise<Launcher> {
  const { file, args, identity } = candidate.command(candidate.binaries.postgres, ['--version'])
  await run(file, [...args], { ...identity, env: childEnvironment, cwd: '/' })
  return candidate
}
