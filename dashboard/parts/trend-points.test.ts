import { describe, expect, it } from 'vitest'
import type { SituationSeries } from '../../schemas/api/situation.ts'
import { dayMs, keyOf, missingBuckets, openEnds, pointsOf, ticksOf } from './trend-points.ts'

const hour = 3_600_000

function seriesOf(
  counts: Readonly<Record<string, readonly number[]>>,
  incomplete: readonly number[] = [],
): SituationSeries {
  const lines = Object.entries(counts).map(([label, values]) => ({
    label,
    total: values.reduce((sum, value) => sum + value, 0),
    counts: [...values],
  }))
  const length = lines[0]?.counts.length ?? 0
  const buckets = Array.from({ length }, (_, index) => ({
    from: index * hour,
    to: (index + 1) * hour,
    complete: !incomplete.includes(index),
  }))
  return {
    from: 0,
    to: length * hour,
    asOf: length * hour,
    bucket: 'hour',
    timeZone: 'UTC',
    buckets,
    series: lines,
    rest: null,
    rows: {},
  }
}

describe('points of the trend', () => {
  it('leaves out what lies before the first and behind the last event', () => {
    const points = pointsOf(seriesOf({ a: [0, 0, 1, 0, 2, 0], b: [0, 0, 0, 0, 1, 0] }))
    expect(points.map(point => point[keyOf('a')])).toEqual([null, null, 1, 0, 2, null])
    expect(points.map(point => point[keyOf('b')])).toEqual([null, null, 0, 0, 1, null])
  })

  it('takes an empty bucket for an outage when the stream is busy, for calm when it is not', () => {
    expect([...missingBuckets(seriesOf({ a: [50, 0, 60] }))]).toEqual([1])
    expect([...missingBuckets(seriesOf({ a: [2, 0, 3] }))]).toEqual([])
  })

  it('keeps a zero of one label while others are counted', () => {
    expect([...missingBuckets(seriesOf({ a: [50, 0, 60], b: [1, 1, 1] }))]).toEqual([])
  })

  it('keeps labels called like its own field, or nothing, apart', () => {
    const [point] = pointsOf(seriesOf({ at: [7], '': [9] }))
    expect(point).toEqual({ at: 0, 'label:at': 7, 'label:': 9 })
  })

  it('marks the ends that are cut', () => {
    expect(openEnds(seriesOf({ a: [1, 1, 1, 1] }, [0, 3]))).toEqual([
      { from: 0, to: hour },
      { from: 2 * hour, to: 3 * hour },
    ])
    expect(openEnds(seriesOf({ a: [1, 1, 1] }))).toEqual([])
  })
})

describe('ticks of the time axis', () => {
  it('stand at midnight of the shown clock over days', () => {
    const offset = 8 * hour
    const { stepMs, at } = ticksOf(1_000, 1_000 + 7 * dayMs, offset, 8)
    expect(stepMs).toBe(dayMs)
    expect(at.length).toBe(7)
    expect(at.every(moment => (moment + offset) % dayMs === 0)).toBe(true)
  })

  it('are never more than asked for by much, from minutes to years', () => {
    for (const length of [10 * 60_000, hour, 6 * hour, dayMs, 30 * dayMs, 400 * dayMs]) {
      const { at } = ticksOf(123_456_789, 123_456_789 + length, 0, 8)
      expect(at.length).toBeGreaterThan(1)
      expect(at.length).toBeLessThanOrEqual(9)
      expect(at.every(moment => moment >= 123_456_789 && moment <= 123_456_789 + length)).toBe(true)
    }
  })
})
