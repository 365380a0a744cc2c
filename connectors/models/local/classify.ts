import type { ClassifyResult } from '../../../engine/ports/models.ts'
import { strongest } from '../../../engine/risk/held-out.ts'
import { normalise } from '../../../engine/risk/normalise.ts'
import { explain } from './explain.ts'
import { extract, makeFeatures } from './features.ts'
import { scoresOf, type LinearModel } from './linear-model.ts'
import { softmax } from './softmax.ts'

/** One set of arrays for all texts of this thread: a classification holds it from its beginning to its end. */
let features = makeFeatures()

export function classifyText(model: LinearModel, version: number, text: string, withEvidence: boolean): ClassifyResult {
  const normalised = normalise(text)
  features = extract(normalised, features)
  const probabilities = scoresOf(model, features.hashes, 0, features.count)
  softmax(probabilities, model.temperature)
  return {
    labels: ranked(model.labels, probabilities),
    normalised: normalised.text,
    notes: normalised.notes,
    evidence: withEvidence ? explain(model, features, strongest(probabilities)) : [],
    classifierVersion: version,
  }
}

function ranked(labels: readonly string[], probabilities: Float64Array): ClassifyResult['labels'] {
  return labels
    .map((label, index) => ({ label, probability: probabilities[index] ?? 0 }))
    .sort((one, other) => other.probability - one.probability)
}
