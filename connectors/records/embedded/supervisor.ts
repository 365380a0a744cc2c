import { codeOf, messageOf } from '../../../engine/error.ts'
import type { Telemetry } from '../../../engine/ports/telemetry.ts'
import { startServer, type ServerPlace, type ServerProcess } from './server-process.ts'

export interface Supervisor {
  stop(): Promise<void>
}

const firstPause = 100
const longestPause = 10_000
/** Milliseconds of calm after which the next failure counts as the first one again. */
const calm = 60_000

/**
 * Keeps one server running: when it ends without being told to, it is started again, with a growing pause between
 * tries. Queries fail meanwhile; the pool finds the new server by itself, under the same socket.
 * Fails like `startServer` when the first start does.
 */
export async function supervise(place: ServerPlace, telemetry: Telemetry): Promise<Supervisor> {
  const stopping = new AbortController()
  let current = await startFirst(place, stopping.signal)
  const follow = async (): Promise<void> => {
    for (let failures = 0; ; failures += 1) {
      const readyAt = place.clock.monotonic()
      await current.ended
      if (stopping.signal.aborted) return
      if (place.clock.monotonic() - readyAt > calm) failures = 0
      telemetry.log('error', 'PostgreSQL ended unexpectedly', { pid: current.pid })
      telemetry.count('records_restarts', 1)
      const next = await startAgain(place, telemetry, stopping.signal, failures)
      if (next === undefined) return
      current = next
      // `stop` came while it started and has stopped the one before
      if (stopping.signal.aborted) await current.stop()
    }
  }
  const following = follow()
  return {
    async stop() {
      stopping.abort()
      await current.stop()
      await following
    },
  }
}

/** Backends of a server that was killed hold its memory for a moment; a first start waits for them. */
async function startFirst(place: ServerPlace, stopping: AbortSignal): Promise<ServerProcess> {
  for (const end = place.clock.monotonic() + longestPause; ; await place.clock.sleep(firstPause)) {
    try {
      return await startServer(place, stopping)
    } catch (error) {
      if (!/pre-existing shared memory|lock file/.test(messageOf(error)) || place.clock.monotonic() > end) throw error
    }
  }
}

async function startAgain(
  place: ServerPlace,
  telemetry: Telemetry,
  stopping: AbortSignal,
  failures: number,
): Promise<ServerProcess | undefined> {
  for (let attempt = failures; ; attempt += 1) {
    await place.clock.sleep(Math.min(firstPause * 2 ** attempt, longestPause), stopping).catch(() => undefined)
    if (stopping.aborted) return undefined
    try {
      return await startServer(place, stopping)
    } catch (error) {
      telemetry.log('error', 'PostgreSQL cannot be started again', { error: messageOf(error), code: codeOf(error) })
    }
  }
}
