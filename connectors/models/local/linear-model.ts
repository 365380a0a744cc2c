import { scaleOf } from './softmax.ts'
import type { Weights } from './train-weights.ts'

/** A trained classifier in memory: weights as 16-bit steps by bucket, then label, with the size of a step per label. */
export interface LinearModel {
  readonly labels: readonly string[]
  readonly hashBits: number
  readonly temperature: number
  readonly bias: readonly number[]
  readonly steps: readonly number[]
  readonly weights: Int16Array
}

const mostSteps = 32_767

/** Rounds the weights to 16 bits; a rounding error is 1/65,534 of the largest weight of its label. */
export function quantise(labels: readonly string[], hashBits: number, { weights, bias }: Weights): LinearModel {
  const largest = labels.map(() => 0)
  weights.forEach((weight, place) => {
    const label = place % labels.length
    largest[label] = Math.max(largest[label] ?? 0, Math.abs(weight))
  })
  const steps = largest.map(most => (most === 0 ? 1 : most / mostSteps))
  const rounded = Int16Array.from(weights, (weight, place) => Math.round(weight / (steps[place % labels.length] ?? 1)))
  return { labels, hashBits, temperature: 1, bias: Array.from(bias), steps, weights: rounded }
}

/** Score of each label before the softmax, for the hashes `from … to − 1`. */
export function scoresOf(model: LinearModel, hashes: Uint32Array, from: number, to: number): Float64Array {
  const { weights, hashBits, steps, bias } = model
  const labels = model.labels.length
  const sums = new Float64Array(labels)
  for (let at = from; at < to; at += 1) {
    const base = ((hashes[at] ?? 0) >>> (32 - hashBits)) * labels
    for (let label = 0; label < labels; label += 1) sums[label] = (sums[label] ?? 0) + (weights[base + label] ?? 0)
  }
  const scale = scaleOf(to - from)
  for (let label = 0; label < labels; label += 1) {
    sums[label] = (sums[label] ?? 0) * (steps[label] ?? 0) * scale + (bias[label] ?? 0)
  }
  return sums
}
