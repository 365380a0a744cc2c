import { codeOf, messageOf } from '../engine/error.ts'
import type { Clock } from '../engine/ports/clock.ts'
import type { Telemetry } from '../engine/ports/telemetry.ts'

const firstPauseMs = 100
const longestPauseMs = 10_000
const logEveryMs = 60_000

/** Repeats `work` while it fails for a passing reason. `attempt` counts from 1. Rejects at once for other reasons and on abort. */
export type Retry = <Result>(
  what: string,
  work: (attempt: number) => Promise<Result>,
  signal: AbortSignal,
) => Promise<Result>

/** Waits grow from 0.1 s to 10 s. An outage is one line in the log a minute, however many retry. */
export function createRetry(services: { clock: Clock; telemetry: Telemetry }, subject: string): Retry {
  const { clock, telemetry } = services
  let loggedAt = -logEveryMs
  return async (what, work, signal) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(attempt)
      } catch (error) {
        if (!isTransient(error) || signal.aborted) throw error
        telemetry.count('pipeline_retries', 1, { step: what })
        if (clock.monotonic() - loggedAt >= logEveryMs) {
          loggedAt = clock.monotonic()
          telemetry.log('warn', `${subject}: ${what} fails and is tried again: ${messageOf(error)}`, {
            code: codeOf(error),
            attempt,
          })
        }
        await clock.sleep(Math.min(firstPauseMs * 2 ** Math.min(attempt - 1, 16), longestPauseMs), signal)
        signal.throwIfAborted()
      }
    }
  }
}

/** Codes of a broken world, which heals; all others stay as they are however often one tries. */
const passing: ReadonlySet<string> = new Set([
  'disk-full',
  'unavailable',
  'records-unavailable',
  'analytics-unavailable',
])

export function isTransient(error: unknown): boolean {
  if (typeof error === 'object' && error !== null && 'transient' in error && error.transient === true) return true
  return passing.has(codeOf(error) ?? '')
}
