import { expect, it } from 'vitest'
import { calibrationOf, qualityOf } from './held-out.ts'

const rows = [
  { truth: 0, probabilities: [0.9, 0.1] },
  { truth: 0, probabilities: [0.6, 0.4] },
  { truth: 0, probabilities: [0.2, 0.8] },
  { truth: 1, probabilities: [0.3, 0.7] },
]

it('counts precision, recall and F1 by label', () => {
  const quality = qualityOf(['a', 'b', 'never'], rows)
  expect(quality.confusion).toEqual([
    [2, 1, 0],
    [0, 1, 0],
    [0, 0, 0],
  ])
  expect(quality.accuracy.value).toBe(0.75)
  expect(quality.labels.map(({ precision, recall }) => [precision.value, recall.value])).toEqual([
    [1, 2 / 3],
    [0.5, 1],
    [null, null],
  ])
  expect(quality.labels[0]?.f1).toBeCloseTo(0.8)
  // The label that never occurs is no part of the mean.
  expect(quality.macroF1).toBeCloseTo((0.8 + 2 / 3) / 2)
})

it('measures how far probabilities can be believed', () => {
  const { ece, brier, logLoss } = calibrationOf(rows)
  // By hand: gaps .1, .4, .8 (wrong) and .3 in bins of their own.
  expect(ece).toBeCloseTo((0.1 + 0.4 + 0.8 + 0.3) / 4)
  expect(brier).toBeCloseTo((2 * 0.01 + 2 * 0.16 + 2 * 0.64 + 2 * 0.09) / 4)
  expect(logLoss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.6) + Math.log(0.2) + Math.log(0.7)) / 4)
})
