/** Time and timers, so that tests can hold them. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds from an arbitrary start that never goes back, for durations. */
  monotonic(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
