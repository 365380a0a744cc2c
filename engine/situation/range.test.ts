import { describe, expect, it } from 'vitest'
import { bucketsOf, chooseBucket, hasWholeHourOffset, periodBefore, wholeHours, wholeMinutes } from './range.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const at = (text: string): number => Date.parse(text)

describe('wholeMinutes', () => {
  it('widens, and leaves whole minutes alone', () => {
    expect(wholeMinutes({ from: 61_001, to: 119_999 })).toEqual({ from: minute, to: 2 * minute })
    expect(wholeMinutes({ from: minute, to: 2 * minute })).toEqual({ from: minute, to: 2 * minute })
  })
  it('refuses an empty range', () => {
    expect(() => wholeMinutes({ from: minute, to: minute })).toThrow('empty')
    expect(() => wholeMinutes({ from: hour, to: minute })).toThrow('empty')
  })
})

describe('wholeHours', () => {
  it('finds those inside', () => {
    expect(wholeHours({ from: 59 * minute, to: 3 * hour + minute })).toEqual({ from: hour, to: 3 * hour })
    expect(wholeHours({ from: minute, to: hour + 59 * minute })).toBeUndefined()
  })
})

describe('periodBefore', () => {
  it('is as long as the range', () => {
    expect(periodBefore({ from: 10 * hour, to: 12 * hour }, 20 * hour)).toEqual({ from: 8 * hour, to: 10 * hour })
  })
  it('compares only what has passed', () => {
    expect(periodBefore({ from: day, to: 2 * day }, day + 6 * hour)).toEqual({ from: 18 * hour, to: day })
    expect(periodBefore({ from: 2 * day, to: 3 * day }, day)).toEqual({ from: day, to: 2 * day })
  })
})

describe('bucketsOf', () => {
  it('covers the range with whole buckets', () => {
    const buckets = bucketsOf({ from: 7 * minute, to: 16 * minute }, '5min', 'UTC')
    expect(buckets.map(({ from }) => from / minute)).toEqual([5, 10, 15])
  })
  it('gives days 23 to 25 hours where clocks change', () => {
    const days = bucketsOf({ from: at('2026-03-28T12:00Z'), to: at('2026-03-30T12:00Z') }, 'day', 'Europe/Berlin')
    expect(days.map(({ from, to }) => (to - from) / hour)).toEqual([24, 23, 24])
    expect(days[1]?.from).toBe(at('2026-03-28T23:00Z'))
    const autumn = bucketsOf({ from: at('2026-10-25T12:00Z'), to: at('2026-10-25T13:00Z') }, 'day', 'Europe/Berlin')
    expect(autumn.map(({ from, to }) => (to - from) / hour)).toEqual([25])
  })
  it('knows zones off the hour', () => {
    const [first] = bucketsOf({ from: at('2026-01-05T12:00Z'), to: at('2026-01-05T13:00Z') }, 'day', 'Asia/Kolkata')
    expect(first?.from).toBe(at('2026-01-04T18:30Z'))
    expect(hasWholeHourOffset({ from: 0, to: day }, 'Asia/Kolkata')).toBe(false)
    expect(hasWholeHourOffset({ from: 0, to: day }, 'Asia/Shanghai')).toBe(true)
  })
  it('refuses too many buckets and unknown zones', () => {
    expect(() => bucketsOf({ from: 0, to: 30 * day }, 'minute', 'UTC')).toThrow('more than 2000')
    expect(() => bucketsOf({ from: 0, to: day }, 'day', 'Moon/Base')).toThrow('not a time zone')
  })
})

describe('chooseBucket', () => {
  it.each([
    [hour, 'minute'],
    [day, '5min'],
    [7 * day, 'hour'],
    [90 * day, 'day'],
  ])('of %d ms is %s', (length, bucket) => {
    expect(chooseBucket({ from: 0, to: length })).toBe(bucket)
  })
  it('never chooses too many', () => {
    for (let length = hour; length < 400 * day; length += 5 * hour) {
      const range = { from: 0, to: length }
      expect(bucketsOf(range, chooseBucket(range), 'UTC').length).toBeLessThan(800)
    }
  })
})
