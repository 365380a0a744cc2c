import { RiskloomError } from '../../../engine/error.ts'
import {
  calibrationOf,
  qualityOf,
  type Calibration,
  type HeldOutRow,
  type Quality,
} from '../../../engine/risk/held-out.ts'
import type { Sample } from '../../../schemas/sample-set.ts'
import { fitTemperature, probabilitiesOf, type ScoredRow } from './calibrate.ts'
import { quantise, scoresOf, type LinearModel } from './linear-model.ts'
import { encodeModel } from './model-blob.ts'
import { hashBitsFor, mostLabels, trainingDefaults } from './settings.ts'
import { trainWeights } from './train-weights.ts'
import { readRows, type TrainingRows } from './training-rows.ts'

/** What a classifier card shows. All figures are of the classifier as it is stored, on rows it was not trained on. */
export interface ClassifierReport {
  readonly v: 1
  readonly labels: readonly string[]
  readonly rows: { readonly train: number; readonly dev: number; readonly test: number }
  /** True when a split was missing and every tenth training row was held out in its place. */
  readonly splitMade: boolean
  /** On `test`. */
  readonly quality: Quality
  /** On `test`, before and after the temperature that was fitted on `dev`. */
  readonly calibration: { readonly temperature: number; readonly before: Calibration; readonly after: Calibration }
  readonly bytes: number
  readonly hashBits: number
  readonly settings: {
    readonly epochs: number
    readonly learningRate: number
    readonly l2: number
    readonly seed: number
  }
}

export interface TrainedClassifier {
  readonly bytes: Uint8Array
  readonly report: ClassifierReport
}

/** Trains, calibrates and measures. The same rows give the same bytes. Takes a second per 10,000 short rows. */
export function trainClassifier(
  samples: readonly Sample[],
  chosen: Partial<ClassifierReport['settings']> = {},
): TrainedClassifier {
  const labels = labelsOf(samples)
  const settings = { ...trainingDefaults, ...chosen }
  const { train, dev, test, made } = split(samples)
  const hashBits = hashBitsFor(labels.length)
  const weights = trainWeights(readRows(train, labels), { labels: labels.length, hashBits, ...settings })
  const raw = quantise(labels, hashBits, weights)
  const temperature = fitTemperature(scored(raw, readRows(dev, labels)))
  const model = { ...raw, temperature }
  const bytes = encodeModel(model)
  const held = scored(model, readRows(test, labels))
  const after = heldOut(held, temperature)
  return {
    bytes,
    report: {
      v: 1,
      labels,
      rows: { train: train.length, dev: dev.length, test: test.length },
      splitMade: made,
      quality: qualityOf(labels, after),
      calibration: { temperature, before: calibrationOf(heldOut(held, 1)), after: calibrationOf(after) },
      bytes: bytes.length,
      hashBits,
      settings,
    },
  }
}

function labelsOf(samples: readonly Sample[]): string[] {
  const labels = [...new Set(samples.map(sample => sample.label))].sort()
  if (labels.length < 2)
    throw new RiskloomError(
      'invalid-request',
      `label: at least two different labels are needed, found ${labels.length}`,
    )
  if (labels.length > mostLabels)
    throw new RiskloomError('invalid-request', `label: at most ${mostLabels} labels, found ${labels.length}`)
  return labels
}

interface Split {
  readonly train: readonly Sample[]
  readonly dev: readonly Sample[]
  readonly test: readonly Sample[]
  readonly made: boolean
}

function split(samples: readonly Sample[]): Split {
  const of = (name: Sample['split']) => samples.filter(sample => sample.split === name)
  const given = { train: of('train'), dev: of('dev'), test: of('test') }
  if (given.dev.length > 0 && given.test.length > 0) return { ...given, made: false }
  const every = (offset: number) => given.train.filter((_, index) => index % 10 === offset)
  const dev = given.dev.length > 0 ? given.dev : every(3)
  const test = given.test.length > 0 ? given.test : every(7)
  const held = new Set([...dev, ...test])
  return { train: given.train.filter(sample => !held.has(sample)), dev, test, made: true }
}

function scored(model: LinearModel, rows: TrainingRows): ScoredRow[] {
  return Array.from(rows.labels, (truth, row) => ({
    truth,
    scores: scoresOf(model, rows.hashes, rows.starts[row] ?? 0, rows.starts[row + 1] ?? 0),
  }))
}

function heldOut(rows: readonly ScoredRow[], temperature: number): HeldOutRow[] {
  return rows.map(row => ({ truth: row.truth, probabilities: probabilitiesOf(row.scores, temperature) }))
}
