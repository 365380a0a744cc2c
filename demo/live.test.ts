import { setMaxListeners } from 'node:events'
import { expect, it } from 'vitest'
import { Event } from '../schemas/event.ts'
import { heldClock } from '../test/support/held-clock.ts'
import { demoLive } from './live.ts'

/** Moves the clock until the stream has given so many events. */
async function collect(rate: number, count: number, from: number) {
  const clock = heldClock()
  const stop = new AbortController()
  // The held clock leaves a listener behind for each sleep.
  setMaxListeners(0, stop.signal)
  const found: { event: Event; at: number }[] = []
  const reading = (async () => {
    for await (const event of demoLive({ seed: 7, rate, clock, from, signal: stop.signal })) {
      found.push({ event, at: clock.monotonic() })
      if (found.length === count) return
    }
  })()
  while (found.length < count) {
    clock.advance(10)
    await new Promise(resolve => setImmediate(resolve))
  }
  await reading
  return found
}

it('goes on behind the history at the rate asked for, at the time of the clock', async () => {
  const found = await collect(4, 80, 60_000)
  expect(found.map(({ event }) => event.id)).toEqual(Array.from({ length: 80 }, (_, index) => `demo-${60_000 + index}`))
  const rate = 80_000 / (found.at(-1)?.at ?? 1)
  expect(rate).toBeGreaterThan(2.5)
  expect(rate).toBeLessThan(6)
  expect(Event.parse(found[5]?.event)).toEqual(found[5]?.event)
  expect(Date.parse(found[5]?.event.time ?? '')).toBe(1_700_000_000_000 + (found[5]?.at ?? 0))
})

it('ends when it is told to', async () => {
  const stop = new AbortController()
  const stream = demoLive({ seed: 7, rate: 1, clock: heldClock(), from: 0, signal: stop.signal })
  const next = stream.next()
  stop.abort()
  expect(await next).toEqual({ done: true, value: undefined })
})
