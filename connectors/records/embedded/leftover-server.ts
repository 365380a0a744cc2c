import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { RiskloomError } from '../../../engine/error.ts'
import type { Clock } from '../../../engine/ports/clock.ts'
import type { Telemetry } from '../../../engine/ports/telemetry.ts'
import { disownPostmasterFile, readPostmasterFile } from './postmaster-file.ts'
import { commandOf } from './process-identity.ts'

/** Fast shutdown, immediate shutdown, end: with the milliseconds each may take. */
export const stopSteps: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
]

const pollInterval = 20

/**
 * A server outlives the process that started it and was killed. It is stopped, not adopted: a start takes 50 ms, and
 * then the server is our own child, with this build's settings and binaries.
 */
export async function stopLeftover(
  dataFolder: string,
  socketFolder: string,
  clock: Clock,
  telemetry: Telemetry,
): Promise<void> {
  const left = await readPostmasterFile(dataFolder)
  if (left === undefined) return
  if (!(await serves(left.pid, dataFolder))) {
    if (left.pid !== process.pid && (await commandOf(left.pid)) !== undefined) await disownPostmasterFile(dataFolder)
  } else {
    telemetry.log('warn', 'stopping the PostgreSQL of a process that is gone', { pid: left.pid })
    await stopStranger(left.pid, dataFolder, clock)
  }
  await removeTemporary(left.socketFolder, socketFolder)
}

async function stopStranger(pid: number, dataFolder: string, clock: Clock): Promise<void> {
  for (const [signal, patience] of stopSteps) {
    signalProcess(pid, signal)
    for (const end = clock.monotonic() + patience; clock.monotonic() < end; await clock.sleep(pollInterval)) {
      if (!(await serves(pid, dataFolder))) return
    }
  }
  throw new RiskloomError('data-folder-in-use', `PostgreSQL ${pid} on ${dataFolder} does not stop`, {
    details: { pid },
  })
}

/** Is the process a PostgreSQL on this very folder? */
async function serves(pid: number, dataFolder: string): Promise<boolean> {
  const command = await commandOf(pid)
  return command !== undefined && /postgres\b/.test(command) && `${command} `.includes(`-D ${dataFolder} `)
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it ended by itself meanwhile
  }
}

/** Only a temporary folder of our own making is removed; the one in use stays. */
async function removeTemporary(left: string, current: string): Promise<void> {
  if (left !== current && /^riskloom-[A-Za-z0-9]{6}$/.test(basename(left))) {
    await rm(left, { recursive: true, force: true })
  }
}
