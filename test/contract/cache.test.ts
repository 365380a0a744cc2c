import { beforeEach, describe, expect, it } from 'vitest'
import { cacheAdapters, memoryCache, memoryEvents } from '../../connectors/cache/index.ts'
import type { Cache, ChannelMessage, Events, Locks } from '../../engine/ports/cache.ts'
import { heldClock, type HeldClock } from '../support/held-clock.ts'

async function take(messages: AsyncIterable<ChannelMessage>, count = Infinity): Promise<ChannelMessage[]> {
  const taken: ChannelMessage[] = []
  if (count === 0) return taken
  for await (const message of messages) {
    taken.push(message)
    if (taken.length === count) break
  }
  return taken
}

const never = (): AbortSignal => new AbortController().signal

describe.each(cacheAdapters)('cache, events, locks: $name', adapter => {
  let clock: HeldClock
  let cache: Cache
  let events: Events
  let locks: Locks

  beforeEach(async () => {
    clock = heldClock()
    ;({ cache, events, locks } = await adapter.open({ clock }))
    return async () => {
      await Promise.all([cache.close(), events.close(), locks.close()])
    }
  })

  it('says what it is and works', async () => {
    for (const port of [cache, events, locks]) {
      expect(port.shared).toBe(adapter.shared)
      await port.check()
    }
  })

  describe('cache', () => {
    it('keeps a value for its time and not longer', async () => {
      await cache.set('w1/a', 'one', 1000)
      clock.advance(999)
      expect(await cache.get('w1/a')).toBe('one')
      clock.advance(1)
      expect(await cache.get('w1/a')).toBeUndefined()
    })

    it('replaces value and time, and deletes', async () => {
      await cache.set('w1/a', 'one', 1000)
      await cache.set('w1/a', 'two', 5000)
      clock.advance(2000)
      expect(await cache.get('w1/a')).toBe('two')
      await cache.delete('w1/a')
      expect(await cache.get('w1/a')).toBeUndefined()
    })

    it('counts: the first addition starts the time, later ones do not prolong it', async () => {
      expect(await cache.increment('w1/n', 1, 1000)).toBe(1)
      clock.advance(600)
      expect(await cache.increment('w1/n', 5, 1000)).toBe(6)
      expect(await cache.get('w1/n')).toBe('6')
      clock.advance(400)
      expect(await cache.increment('w1/n', 2, 1000)).toBe(2)
    })

    it('refuses to add to what is no number', async () => {
      await cache.set('w1/a', 'word', 1000)
      await expect(cache.increment('w1/a', 1, 1000)).rejects.toMatchObject({ code: 'conflict' })
    })
  })

  describe('events', () => {
    it('gives what is kept, from an id on, with ids from 1', async () => {
      for (const data of ['a', 'b', 'c']) await events.publish('w1/run', data)
      expect(await take(events.subscribe('w1/run', undefined, never()), 3)).toEqual([
        { id: 1, data: 'a' },
        { id: 2, data: 'b' },
        { id: 3, data: 'c' },
      ])
      expect(await take(events.subscribe('w1/run', 2, never()), 1)).toEqual([{ id: 3, data: 'c' }])
    })

    it('then what comes, to each listener, in order; the end ends the iteration', async () => {
      await events.publish('w1/run', '0')
      const first = take(events.subscribe('w1/run', undefined, never()))
      const second = take(events.subscribe('w1/run', 1, never()))
      for (let n = 1; n <= 100; n++) {
        await events.publish('w1/run', String(n))
        if (n % 10 === 0) await new Promise(setImmediate)
      }
      await events.end('w1/run')
      const all = Array.from({ length: 101 }, (_, n) => ({ id: n + 1, data: String(n) }))
      expect(await first).toEqual(all)
      expect(await second).toEqual(all.slice(1))
    })

    it('keeps channels apart', async () => {
      await events.publish('w1/a', 'a')
      await events.publish('w2/a', 'b')
      await events.end('w2/a')
      expect(await take(events.subscribe('w2/a', undefined, never()))).toEqual([{ id: 1, data: 'b' }])
    })

    it('stops on abort, before and during a wait', async () => {
      const controller = new AbortController()
      const waiting = take(events.subscribe('w1/run', undefined, controller.signal))
      await new Promise(setImmediate)
      controller.abort()
      expect(await waiting).toEqual([])
      expect(await take(events.subscribe('w1/run', undefined, AbortSignal.abort()))).toEqual([])
    })

    it('keeps messages of an ended channel for minutes, then forgets them', async () => {
      await events.publish('w1/run', 'a')
      await events.end('w1/run')
      clock.advance(4 * 60_000)
      expect(await take(events.subscribe('w1/run', undefined, never()))).toEqual([{ id: 1, data: 'a' }])
      clock.advance(2 * 60_000)
      expect(await take(events.subscribe('w1/run', undefined, AbortSignal.timeout(20)))).toEqual([])
    })

    it('refuses to publish behind the end', async () => {
      await events.end('w1/run')
      await expect(events.publish('w1/run', 'late')).rejects.toMatchObject({ code: 'conflict' })
    })
  })

  describe('locks', () => {
    it('lets one in at a time, with rising tokens', async () => {
      const first = await locks.acquire('w1/l', 1000)
      expect(first).toBeDefined()
      expect(await locks.acquire('w1/l', 1000)).toBeUndefined()
      expect(await locks.acquire('w2/l', 1000)).toBeDefined()
      await first?.release()
      const second = await locks.acquire('w1/l', 1000)
      expect(second?.token).toBeGreaterThan(first?.token ?? Infinity)
    })

    it('passes on after the time, and a late release does not free the next holder', async () => {
      const first = await locks.acquire('w1/l', 1000)
      clock.advance(1000)
      const second = await locks.acquire('w1/l', 1000)
      expect(second?.token).toBeGreaterThan(first?.token ?? Infinity)
      await first?.release()
      expect(await locks.acquire('w1/l', 1000)).toBeUndefined()
    })

    it('gives one of many that ask at once', async () => {
      const all = await Promise.all(Array.from({ length: 50 }, () => locks.acquire('w1/l', 1000)))
      expect(all.filter(lock => lock !== undefined)).toHaveLength(1)
    })

    it('goes on rising in the next process', async () => {
      const before = await locks.acquire('w1/l', 1000)
      clock.advance(10)
      const { locks: next } = await adapter.open({ clock })
      expect((await next.acquire('w1/other', 1000))?.token).toBeGreaterThan(before?.token ?? Infinity)
    })
  })
})

describe('memory bounds', () => {
  it('drops what was used longest ago beyond the number of entries', async () => {
    const cache = memoryCache({ clock: heldClock(), maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) await cache.set(key, key, 1000)
    await cache.get('a')
    await cache.set('d', 'd', 1000)
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(key => cache.get(key)))).toEqual(['a', undefined, 'c', 'd'])
  })

  it('drops beyond the bytes, and does not keep a value that is larger than all', async () => {
    const cache = memoryCache({ clock: heldClock(), maxBytes: 10_000 })
    for (let n = 0; n < 100; n++) await cache.set(`k${n}`, 'x'.repeat(1000), 1000)
    const kept = (await Promise.all(Array.from({ length: 100 }, (_, n) => cache.get(`k${n}`)))).filter(Boolean)
    expect(kept).toHaveLength(4)
    await cache.set('huge', 'x'.repeat(20_000), 1000)
    expect(await cache.get('huge')).toBeUndefined()
  })

  it('keeps the newest messages of a channel; a listener sees the gap by the ids', async () => {
    const events = memoryEvents({ clock: heldClock(), maxMessages: 3 })
    for (let n = 1; n <= 10; n++) await events.publish('c', String(n))
    await events.end('c')
    expect((await take(events.subscribe('c', 2, never()))).map(message => message.id)).toEqual([8, 9, 10])
  })

  it('drops first from the channel that was silent longest', async () => {
    const events = memoryEvents({ clock: heldClock(), maxBytes: 5000 })
    await events.publish('silent', 'x'.repeat(1000))
    await events.publish('busy', 'x'.repeat(1000))
    await events.publish('busy', 'y'.repeat(1000))
    await events.end('silent')
    await events.end('busy')
    expect(await take(events.subscribe('silent', undefined, never()))).toEqual([])
    expect(await take(events.subscribe('busy', undefined, never()))).toHaveLength(2)
  })
})
