import type { DurableLimits } from './options.ts'

/**
 * Milliseconds before the next try. Doubles with each try; chance takes up to a half off, so that tries that failed
 * together do not come back together. `retryAfter` (seconds) is what the other side asked for and is never undercut.
 */
export function backOff(
  limits: Pick<DurableLimits, 'backOffMs' | 'maximumBackOffMs'>,
  attempt: number,
  retryAfter: number | null,
  chance: () => number,
): number {
  const full = Math.min(limits.maximumBackOffMs, limits.backOffMs * 2 ** (attempt - 1))
  const jittered = full * (1 - chance() / 2)
  const asked = (retryAfter ?? 0) * 1000
  return asked === 0 ? jittered : asked + jittered * chance()
}
