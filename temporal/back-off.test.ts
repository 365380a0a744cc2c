import { expect, test } from 'vitest'
import { backOff } from './back-off.ts'

const limits = { backOffMs: 500, maximumBackOffMs: 60_000 }

test('it doubles, up to its most', () => {
  expect([1, 2, 3, 8, 30].map(attempt => backOff(limits, attempt, null, () => 0))).toEqual([
    500, 1_000, 2_000, 60_000, 60_000,
  ])
})

test('chance takes up to a half off', () => {
  expect(backOff(limits, 1, null, () => 0.5)).toBe(375)
  expect(backOff(limits, 1, null, () => 0.999)).toBeGreaterThan(250)
})

test('what the other side asked for is never undercut', () => {
  expect(backOff(limits, 1, 3, () => 0)).toBe(3_000)
  expect(backOff(limits, 1, 3, () => 0.5)).toBeGreaterThan(3_000)
})
