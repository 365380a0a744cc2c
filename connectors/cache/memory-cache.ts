import { RiskloomError } from '../../engine/error.ts'
import type { Cache } from '../../engine/ports/cache.ts'
import type { Clock } from '../../engine/ports/clock.ts'

interface Entry {
  readonly value: string
  readonly expiresAt: number
  readonly size: number
}

/** Rough cost of an entry beside its text, in bytes. */
const overhead = 100

/**
 * Values in the memory of this process. Whatever was used longest ago leaves first when there are more than
 * `maxEntries` (default 100,000) or `maxBytes` (default 64 MB); a value larger than that is not kept at all.
 */
export function memoryCache(options: { clock: Clock; maxEntries?: number; maxBytes?: number }): Cache {
  const { clock, maxEntries = 100_000, maxBytes = 64 << 20 } = options
  // A Map keeps the order of insertion: what was used is put in again, so the first entry is the oldest in use.
  const entries = new Map<string, Entry>()
  let bytes = 0

  const remove = (key: string): void => {
    bytes -= entries.get(key)?.size ?? 0
    entries.delete(key)
  }

  const live = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    entries.delete(key)
    if (entry.expiresAt <= clock.monotonic()) {
      bytes -= entry.size
      return undefined
    }
    entries.set(key, entry)
    return entry
  }

  const put = (key: string, value: string, expiresAt: number): void => {
    remove(key)
    const size = 2 * (key.length + value.length) + overhead
    entries.set(key, { value, expiresAt, size })
    bytes += size
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries && bytes <= maxBytes) break
      remove(oldest)
    }
  }

  return {
    engine: 'memory',
    shared: false,
    get: key => Promise.resolve(live(key)?.value),
    set: async (key, value, ttlMs) => put(key, value, clock.monotonic() + ttlMs),
    increment: async (key, by, ttlMs) => {
      const entry = live(key)
      const sum = Number(entry?.value ?? 0) + by
      if (!Number.isSafeInteger(sum)) {
        throw new RiskloomError('conflict', `The cached value ${key} is no whole number`, { details: { key } })
      }
      put(key, String(sum), entry?.expiresAt ?? clock.monotonic() + ttlMs)
      return sum
    },
    delete: async key => remove(key),
    check: () => Promise.resolve(),
    close: async () => entries.clear(),
  }
}
