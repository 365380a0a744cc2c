import { describe, expect, it } from 'vitest'
import { systemClock, systemIds, uuidv7 } from './system.ts'

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('system clock', () => {
  it('sleeps at least as long as asked', async () => {
    const start = systemClock.monotonic()
    await systemClock.sleep(30)
    expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(28)
  })

  it('rejects an aborted sleep with the reason and at once', async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 5)
    await expect(systemClock.sleep(60_000, controller.signal)).rejects.toBe(reason)
  })
})

describe('uuid version 7', () => {
  it('has the shape, the time and no repeats, in rising order', () => {
    const before = Date.now()
    const ids = Array.from({ length: 20_000 }, () => systemIds.uuid())
    expect(ids.every(id => shape.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(ids)
    const time = parseInt(ids[0]?.replaceAll('-', '').slice(0, 12) ?? '', 16)
    expect(time).toBeGreaterThanOrEqual(before - 50)
    expect(time).toBeLessThanOrEqual(Date.now() + 50)
  })

  it('stays in order within one millisecond, past the counter, and when the time steps back', () => {
    let now = 1_700_000_000_000
    const next = uuidv7(() => now)
    const ids = Array.from({ length: 10_000 }, next)
    now -= 3_600_000
    ids.push(...Array.from({ length: 10_000 }, next))
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
