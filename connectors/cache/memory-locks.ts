import type { Locks } from '../../engine/ports/cache.ts'
import type { Clock } from '../../engine/ports/clock.ts'

/**
 * Locks in the memory of this process. Tokens start at the time of day in microseconds, so that they also rise from one
 * process to the next.
 */
export function memoryLocks(options: { clock: Clock }): Locks {
  const { clock } = options
  const held = new Map<string, { token: number; expiresAt: number }>()
  let lastToken = 0

  return {
    engine: 'memory',
    shared: false,
    acquire: async (name, ttlMs) => {
      const holder = held.get(name)
      if (holder !== undefined && holder.expiresAt > clock.monotonic()) return undefined
      const token = Math.max(lastToken + 1, clock.now() * 1000)
      lastToken = token
      held.set(name, { token, expiresAt: clock.monotonic() + ttlMs })
      const release = async (): Promise<void> => {
        if (held.get(name)?.token === token) held.delete(name)
      }
      return { token, release }
    },
    check: () => Promise.resolve(),
    close: async () => held.clear(),
  }
}
