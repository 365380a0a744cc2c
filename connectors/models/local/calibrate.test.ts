import { expect, it } from 'vitest'
import { calibrationOf } from '../../../engine/risk/held-out.ts'
import { fitTemperature, probabilitiesOf } from './calibrate.ts'
import { seededRandom } from './random.ts'

/** Rows whose truth is drawn from the softmax of the scores; then the scores are made `factor` times too sure. */
function rows(factor: number, count = 4_000) {
  const random = seededRandom(11)
  return Array.from({ length: count }, () => {
    const scores = Float64Array.from({ length: 3 }, () => random() * 4)
    const probabilities = probabilitiesOf(scores, 1)
    const place = random()
    const truth =
      place < (probabilities[0] ?? 0) ? 0 : place < (probabilities[0] ?? 0) + (probabilities[1] ?? 0) ? 1 : 2
    return { truth, scores: scores.map(score => score * factor) }
  })
}

it.each([0.3, 1, 5])('finds the temperature of scores that are %d times too sure', factor => {
  expect(fitTemperature(rows(factor)) / factor).toBeCloseTo(1, 0)
  expect(Math.abs(fitTemperature(rows(factor)) / factor - 1)).toBeLessThan(0.1)
})

it('makes probabilities that can be believed', () => {
  const overconfident = rows(5)
  const heldOut = (temperature: number) =>
    overconfident.map(({ truth, scores }) => ({ truth, probabilities: probabilitiesOf(scores, temperature) }))
  const before = calibrationOf(heldOut(1))
  const after = calibrationOf(heldOut(fitTemperature(overconfident)))
  expect(before.ece).toBeGreaterThan(0.2)
  expect(after.ece).toBeLessThan(0.03)
  expect(after.brier).toBeLessThan(before.brier)
  expect(after.logLoss).toBeLessThan(before.logLoss)
})

it('leaves scores as they are when there is nothing to learn from', () => {
  expect(fitTemperature([])).toBe(1)
})
