import { proportion, type Proportion } from './proportion.ts'

/** What a classifier said of one held-out row. Labels are indices; probabilities are in label order and sum to 1. */
export interface HeldOutRow {
  readonly truth: number
  readonly probabilities: ArrayLike<number>
}

interface LabelQuality {
  readonly label: string
  readonly precision: Proportion
  readonly recall: Proportion
  /** 0 when neither precision nor recall exists. */
  readonly f1: number
}

export interface Quality {
  readonly rows: number
  readonly accuracy: Proportion
  /** Mean of the F1 of the labels that occur among the truths. */
  readonly macroF1: number
  readonly labels: readonly LabelQuality[]
  /** `confusion[truth][predicted]`, counts. */
  readonly confusion: readonly (readonly number[])[]
}

export interface Calibration {
  /** Expected calibration error over 15 bins of equal width of the winner’s probability. */
  readonly ece: number
  /** Mean squared distance of all probabilities from the truth: 0 to 2. */
  readonly brier: number
  readonly logLoss: number
}

export function qualityOf(labels: readonly string[], rows: readonly HeldOutRow[]): Quality {
  const confusion = labels.map(() => labels.map(() => 0))
  for (const row of rows) {
    const line = confusion[row.truth]
    const predicted = strongest(row.probabilities)
    if (line !== undefined) line[predicted] = (line[predicted] ?? 0) + 1
  }
  const quality = labels.map((label, index) => labelQuality(label, index, confusion))
  const present = quality.filter(label => label.recall.n > 0)
  return {
    rows: rows.length,
    accuracy: proportion(sum(confusion.map((line, index) => line[index] ?? 0)), rows.length),
    macroF1: present.length === 0 ? 0 : sum(present.map(label => label.f1)) / present.length,
    labels: quality,
    confusion,
  }
}

function labelQuality(label: string, index: number, confusion: readonly (readonly number[])[]): LabelQuality {
  const right = confusion[index]?.[index] ?? 0
  const predicted = sum(confusion.map(line => line[index] ?? 0))
  const actual = sum(confusion[index] ?? [])
  const f1 = predicted + actual === 0 ? 0 : (2 * right) / (predicted + actual)
  return { label, precision: proportion(right, predicted), recall: proportion(right, actual), f1 }
}

const bins = 15

export function calibrationOf(rows: readonly HeldOutRow[]): Calibration {
  const counts = Array.from({ length: bins }, () => ({ n: 0, right: 0, confidence: 0 }))
  let brier = 0
  let logLoss = 0
  for (const { truth, probabilities } of rows) {
    const winner = strongest(probabilities)
    const confidence = probabilities[winner] ?? 0
    const bin = counts[Math.min(bins - 1, Math.floor(confidence * bins))]
    if (bin !== undefined) {
      bin.n += 1
      bin.right += winner === truth ? 1 : 0
      bin.confidence += confidence
    }
    brier += sum(Array.from(probabilities, (p, label) => (p - (label === truth ? 1 : 0)) ** 2))
    logLoss -= Math.log(Math.max(1e-12, probabilities[truth] ?? 0))
  }
  const n = Math.max(1, rows.length)
  const ece = sum(counts.map(bin => Math.abs(bin.right - bin.confidence))) / n
  return { ece, brier: brier / n, logLoss: logLoss / n }
}

export function strongest(probabilities: ArrayLike<number>): number {
  let best = 0
  for (let at = 1; at < probabilities.length; at += 1) {
    if ((probabilities[at] ?? 0) > (probabilities[best] ?? 0)) best = at
  }
  return best
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
