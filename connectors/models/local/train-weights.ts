import { seededRandom } from './random.ts'
import { scaleOf, softmax } from './softmax.ts'
import type { TrainingRows } from './training-rows.ts'

export interface TrainingOptions {
  readonly labels: number
  /** Buckets are 2 to this power. */
  readonly hashBits: number
  /** Passes over the rows. */
  readonly epochs: number
  readonly learningRate: number
  /** Pull of each touched weight towards zero. */
  readonly l2: number
  readonly seed: number
}

/** Weights by bucket, then label. */
export interface Weights {
  readonly weights: Float32Array
  readonly bias: Float32Array
}

/** Softmax regression on the log loss with AdaGrad (Duchi and others 2011), one row at a time in a seeded order. */
export function trainWeights(rows: TrainingRows, options: TrainingOptions): Weights {
  const size = options.labels << options.hashBits
  const model = { weights: new Float32Array(size), bias: new Float32Array(options.labels) }
  const squares = {
    weights: new Float32Array(size).fill(epsilon),
    bias: new Float32Array(options.labels).fill(epsilon),
  }
  const order = Uint32Array.from({ length: rows.labels.length }, (_, index) => index)
  const random = seededRandom(options.seed)
  for (let epoch = 0; epoch < options.epochs; epoch += 1) {
    shuffle(order, random)
    const rate = options.learningRate * (1 - epoch / options.epochs)
    for (const row of order) learn(rows, row, { model, squares, options, rate })
  }
  return model
}

const epsilon = 1e-6
/** Smaller errors of a probability are left alone. */
const wellLearned = 0.01

interface Learning {
  readonly model: Weights
  /** Sums of squared gradients. */
  readonly squares: Weights
  readonly options: TrainingOptions
  readonly rate: number
}

function learn(rows: TrainingRows, row: number, learning: Learning): void {
  const { model, squares, options, rate } = learning
  const { labels, l2, hashBits } = options
  const from = rows.starts[row] ?? 0
  const to = rows.starts[row + 1] ?? 0
  const scale = scaleOf(to - from)
  const errors = errorsOf(rows, row, model, options)
  // A text that is well learned moves nothing: most of the work of the later passes.
  const unsure = unsureOf(errors)
  if (unsure.length === 0) return
  for (let at = from; at < to; at += 1) {
    const base = ((rows.hashes[at] ?? 0) >>> (32 - hashBits)) * labels
    for (let turn = 0; turn < unsure.length; turn += 1) {
      const label = unsure[turn] ?? 0
      const place = base + label
      const weight = model.weights[place] ?? 0
      const gradient = (errors[label] ?? 0) * scale + l2 * weight
      const square = (squares.weights[place] ?? 0) + gradient * gradient
      squares.weights[place] = square
      model.weights[place] = weight - (rate * gradient) / Math.sqrt(square)
    }
  }
  learnBias(errors, learning)
}

function unsureOf(errors: Float64Array): number[] {
  const unsure: number[] = []
  for (let label = 0; label < errors.length; label += 1)
    if (Math.abs(errors[label] ?? 0) > wellLearned) unsure.push(label)
  return unsure
}

/** The bias follows slowly: it meets every row, a weight only the rows of its bucket. */
function learnBias(errors: Float64Array, { model, squares, rate }: Learning): void {
  errors.forEach((error, label) => {
    const square = (squares.bias[label] ?? 0) + error * error
    squares.bias[label] = square
    model.bias[label] = (model.bias[label] ?? 0) - (0.1 * rate * error) / Math.sqrt(square)
  })
}

/** Predicted minus true probability of each label. */
function errorsOf(
  rows: TrainingRows,
  row: number,
  model: Weights,
  { labels, hashBits }: TrainingOptions,
): Float64Array {
  const from = rows.starts[row] ?? 0
  const to = rows.starts[row + 1] ?? 0
  const errors = new Float64Array(labels)
  for (let at = from; at < to; at += 1) {
    const base = ((rows.hashes[at] ?? 0) >>> (32 - hashBits)) * labels
    for (let label = 0; label < labels; label += 1)
      errors[label] = (errors[label] ?? 0) + (model.weights[base + label] ?? 0)
  }
  const scale = scaleOf(to - from)
  for (let label = 0; label < labels; label += 1)
    errors[label] = (errors[label] ?? 0) * scale + (model.bias[label] ?? 0)
  softmax(errors)
  const truth = rows.labels[row] ?? 0
  errors[truth] = (errors[truth] ?? 0) - 1
  return errors
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    const kept = order[at] ?? 0
    order[at] = order[other] ?? 0
    order[other] = kept
  }
}
