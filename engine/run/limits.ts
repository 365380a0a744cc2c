import type { RunState } from './state.ts'

/** Most node executions of one run, retries included. */
const maxSteps = 500
/** Longest run, in seconds. */
const maxSeconds = 1_200

/** Why the run has to be stopped now; undefined as long as it may go on. */
export function exceededLimit(state: RunState, now: number): string | undefined {
  if (state.steps > maxSteps) return `Maximum execution steps exceeded: ${state.steps} > ${maxSteps}`
  const seconds = (now - state.startedAt) / 1_000
  return seconds > maxSeconds ? `Maximum execution time exceeded: ${seconds.toFixed(2)}s > ${maxSeconds}s` : undefined
}
