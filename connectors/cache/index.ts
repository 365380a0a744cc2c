import type { Cache, Events, Locks } from '../../engine/ports/cache.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import { memoryCache } from './memory-cache.ts'
import { memoryEvents } from './memory-events.ts'
import { memoryLocks } from './memory-locks.ts'

export { memoryCache, memoryEvents, memoryLocks }

/** Every engine of the cache, events and locks ports, for the contract suite. */
export const cacheAdapters: readonly {
  name: string
  shared: boolean
  open(options: { clock: Clock }): Promise<{ cache: Cache; events: Events; locks: Locks }>
}[] = [
  {
    name: 'memory',
    shared: false,
    open: async options => ({
      cache: memoryCache(options),
      events: memoryEvents(options),
      locks: memoryLocks(options),
    }),
  },
]
