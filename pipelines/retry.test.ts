import { describe, expect, it } from 'vitest'
import { RiskloomError } from '../engine/error.ts'
import type { Clock } from '../engine/ports/clock.ts'
import { createRetry } from './retry.ts'

function scene() {
  let time = 0
  const pauses: number[] = []
  const lines: string[] = []
  const clock: Clock = {
    now: () => time,
    monotonic: () => time,
    sleep: ms => {
      pauses.push(ms)
      time += ms
      return Promise.resolve()
    },
  }
  const telemetry = {
    log: (_level: string, message: string) => void lines.push(message),
    count() {},
    gauge() {},
    observe() {},
  }
  return { retry: createRetry({ clock, telemetry }, 'pipeline a'), pauses, lines, signal: new AbortController() }
}

const outage = (): RiskloomError => new RiskloomError('records-unavailable', 'connection refused')

describe('retry', () => {
  it('goes on until the world is whole again, with growing pauses and one line a minute', async () => {
    const { retry, pauses, lines, signal } = scene()
    const result = await retry(
      'seal',
      attempt => (attempt <= 20 ? Promise.reject(outage()) : Promise.resolve(attempt)),
      signal.signal,
    )
    expect(result).toBe(21)
    expect(pauses.slice(0, 9)).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
    expect(lines.length).toBe(3)
    expect(lines[0]).toBe('pipeline a: seal fails and is tried again: connection refused')
  })

  it('does not repeat what cannot pass', async () => {
    const { retry, pauses, signal } = scene()
    const fenced = new RiskloomError('fenced', 'epoch 1 is not the newest')
    await expect(retry('plan', () => Promise.reject(fenced), signal.signal)).rejects.toBe(fenced)
    expect(pauses).toEqual([])
  })

  it('gives up on abort', async () => {
    const { retry, signal } = scene()
    const work = (attempt: number): Promise<void> => {
      if (attempt === 3) signal.abort()
      return Promise.reject(outage())
    }
    await expect(retry('insert', work, signal.signal)).rejects.toMatchObject({ code: 'records-unavailable' })
  })
})
