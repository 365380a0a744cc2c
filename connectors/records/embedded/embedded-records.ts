import { chmod, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../engine/ports/clock.ts'
import type { Records } from '../../../engine/ports/records.ts'
import type { Telemetry } from '../../../engine/ports/telemetry.ts'
import { recordsOver, type Connections } from '../records.ts'
import { findBinaries } from './binaries.ts'
import { readCredentials, type Credentials } from './credentials.ts'
import { giveTo, hasDatabase, makeDatabase, ownerRole } from './data-folder.ts'
import { lockFolder, type FolderLock } from './folder-lock.ts'
import { chooseLauncher, type LauncherKind } from './launcher.ts'
import { stopLeftover } from './leftover-server.ts'
import { applicationLogin, makeApplicationDatabase } from './login.ts'
import { makeSocketFolder, socketPort } from './socket-folder.ts'
import { supervise } from './supervisor.ts'

export interface EmbeddedRecordsOptions {
  /** Folder of the records, made when it is absent. */
  readonly folder: string
  readonly telemetry: Telemetry
  readonly clock: Clock
  /** Ways of running PostgreSQL when we are root, in the order in which they are tried. */
  readonly launchers?: readonly LauncherKind[]
}

/**
 * Records on a real PostgreSQL that runs as our child, on a Unix socket that only we can reach.
 *
 * Fails with `data-folder-in-use` when another process has the folder, `corrupt-data` when the database is damaged,
 * `records-unavailable` when PostgreSQL cannot run here, `disk-full`.
 */
export async function embeddedRecords(options: EmbeddedRecordsOptions): Promise<Records> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  const folder = await realpath(options.folder)
  const lock = await lockFolder(folder, options.clock)
  try {
    return await open({ ...options, folder }, lock)
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function open(options: EmbeddedRecordsOptions, lock: FolderLock): Promise<Records> {
  const { folder, telemetry, clock } = options
  const dataFolder = join(folder, 'data')
  const exists = await hasDatabase(dataFolder)
  const credentials = await readCredentials(folder, !exists)
  // root may have to let another user pass through; looking stays forbidden
  if (process.getuid?.() === 0) await chmod(folder, 0o711)
  const launcher = await chooseLauncher(await findBinaries(), folder, options.launchers)
  if (!exists) await makeDatabase(launcher, dataFolder, credentials.owner)
  const socket = await makeSocketFolder(folder, launcher.owner)
  const undo = [socket.remove]
  try {
    await stopLeftover(dataFolder, socket.path, clock, telemetry)
    await giveTo(launcher, dataFolder)
    const place = { launcher, dataFolder, socketFolder: socket.path, logFile: join(folder, 'postgresql.log'), clock }
    const supervisor = await supervise(place, telemetry)
    undo.unshift(supervisor.stop)
    const connections = connectionsTo(socket.path, credentials)
    await makeApplicationDatabase(connections.owner, credentials.application)
    undo.push(lock.release)
    return recordsOver({ engine: 'embedded', shared: false, connections, telemetry, stop: () => inOrder(undo) })
  } catch (error) {
    await inOrder(undo)
    throw error
  }
}

async function inOrder(steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await step()
}

function connectionsTo(socketFolder: string, credentials: Credentials): Connections {
  const place = { host: socketFolder, port: socketPort, database: 'riskloom', application_name: 'riskloom' }
  return {
    owner: { ...place, user: ownerRole, password: credentials.owner },
    application: { ...place, user: applicationLogin, password: credentials.application },
  }
}
