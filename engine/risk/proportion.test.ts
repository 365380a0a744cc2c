import { expect, it } from 'vitest'
import { proportion } from './proportion.ts'

// Golden values: statsmodels 0.15.0, proportion_confint(method='wilson').
it.each([
  [1, 20, 0.0089, 0.2361],
  [190, 200, 0.9104, 0.9726],
  [0, 20, 0, 0.1611],
])('%i of %i', (successes, n, low, high) => {
  const found = proportion(successes, n)
  expect(found.value).toBe(successes / n)
  expect(found.low).toBeCloseTo(low, 4)
  expect(found.high).toBeCloseTo(high, 4)
})

it('shows no rate without rows', () => {
  expect(proportion(0, 0)).toEqual({ value: null, low: null, high: null, n: 0 })
})
