import { spawn, type ChildProcess } from 'node:child_process'
import type { Clock } from '../../../engine/ports/clock.ts'
import { RiskloomError } from '../../../engine/error.ts'
import { childEnvironment, type Launcher } from './launcher.ts'
import { signalProcess, stopSteps } from './leftover-server.ts'
import { readPostmasterFile } from './postmaster-file.ts'
import { failureFrom, logSize, openLog } from './server-log.ts'
import { serverArguments } from './settings.ts'

/** Where one embedded server lives. */
export interface ServerPlace {
  readonly launcher: Launcher
  readonly dataFolder: string
  readonly socketFolder: string
  readonly logFile: string
  readonly clock: Clock
}

/** One running server: a start of it, from ready to its end. */
export interface ServerProcess {
  readonly pid: number
  /** Resolves when the process is gone, for whatever reason. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

const pollInterval = 5
/** Milliseconds to ready; after a crash the log since the last checkpoint (at most 512 MB) is replayed first. */
const startPatience = 120_000

/** Starts PostgreSQL and waits until it accepts connections; gives up when it is told to stop meanwhile. */
export async function startServer(place: ServerPlace, stopping: AbortSignal): Promise<ServerProcess> {
  const log = await openLog(place.logFile)
  const offset = await logSize(place.logFile)
  const child = spawnServer(place, log.fd)
  await log.close()
  const server = serverOf(child, place.clock)
  if (await becomesReady(server, place, stopping)) return server
  await server.stop()
  throw await failureFrom(place.logFile, offset)
}

/** In a session of its own: Ctrl-C in our terminal reaches us, and we stop it in order. */
function spawnServer(place: ServerPlace, logDescriptor: number): ChildProcess {
  const { launcher } = place
  const wanted = serverArguments(place.dataFolder, place.socketFolder)
  const { file, args, identity } = launcher.command(launcher.binaries.postgres, wanted)
  return spawn(file, [...args], {
    ...identity,
    detached: true,
    stdio: ['ignore', logDescriptor, logDescriptor],
    env: childEnvironment,
    cwd: '/',
  })
}

function serverOf(child: ChildProcess, clock: Clock): ServerProcess {
  const { pid } = child
  if (pid === undefined) throw new RiskloomError('records-unavailable', 'the PostgreSQL process could not be started')
  // when we leave without closing, the server should not stay
  const onExit = (): void => signalProcess(pid, 'SIGINT')
  process.once('exit', onExit)
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => {
      process.removeListener('exit', onExit)
      resolve()
    })
  })
  return { pid, ended, stop: () => stopChild(child, ended, clock) }
}

async function stopChild(child: ChildProcess, ended: Promise<void>, clock: Clock): Promise<void> {
  for (const [signal, patience] of stopSteps) {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const timeout = new AbortController()
    await Promise.race([ended, clock.sleep(patience, timeout.signal).catch(() => undefined)])
    timeout.abort()
  }
}

async function becomesReady(
  server: ServerProcess,
  { dataFolder, clock }: ServerPlace,
  stopping: AbortSignal,
): Promise<boolean> {
  let running = true
  void server.ended.then(() => (running = false))
  for (const end = clock.monotonic() + startPatience; running && clock.monotonic() < end;) {
    if (stopping.aborted) return false
    const file = await readPostmasterFile(dataFolder)
    if (file?.pid === server.pid && file.status === 'ready') return true
    await clock.sleep(pollInterval)
  }
  return false
}
