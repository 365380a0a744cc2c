import { softmax } from './softmax.ts'

/** Scores before the softmax, and the true label. */
export interface ScoredRow {
  readonly scores: Float64Array
  readonly truth: number
}

const golden = (Math.sqrt(5) - 1) / 2
/** Logarithms of the smallest and the largest temperature that is tried. */
const widest = { low: Math.log(0.05), high: Math.log(20) }

/**
 * The temperature with the smallest log loss on rows that were not trained on (Guo and others 2017).
 * The loss has one minimum along it, so a golden-section search finds it. 1 when there are no rows.
 */
export function fitTemperature(rows: readonly ScoredRow[]): number {
  if (rows.length === 0) return 1
  let { low, high } = widest
  while (high - low > 0.001) {
    const left = high - golden * (high - low)
    const right = low + golden * (high - low)
    if (logLoss(rows, Math.exp(left)) < logLoss(rows, Math.exp(right))) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

function logLoss(rows: readonly ScoredRow[], temperature: number): number {
  let loss = 0
  for (const row of rows) loss -= Math.log(Math.max(1e-12, probabilitiesOf(row.scores, temperature)[row.truth] ?? 0))
  return loss
}

export function probabilitiesOf(scores: Float64Array, temperature: number): Float64Array {
  const probabilities = scores.slice()
  softmax(probabilities, temperature)
  return probabilities
}
