import { expect, it } from 'vitest'
import { normalise } from '../../../engine/risk/normalise.ts'
import { explain } from './explain.ts'
import { extract, makeFeatures } from './features.ts'
import { quantise, scoresOf } from './linear-model.ts'
import { seededRandom } from './random.ts'

const labels = ['a', 'b', 'c']

/** A model whose every weight speaks for the first label, so that no piece is left out of the evidence. */
function model() {
  const random = seededRandom(3)
  const weights = Float32Array.from({ length: labels.length << 12 }, (_, place) =>
    place % labels.length === 0 ? 0.5 + random() : -random(),
  )
  return quantise(labels, 12, { weights, bias: new Float32Array(labels.length) })
}

it('shares the whole score among the pieces', () => {
  const trained = model()
  const features = extract(normalise('加\u200b微信领红包now'), makeFeatures())
  const scores = scoresOf(trained, features.hashes, 0, features.count)
  const lead = (scores[0] ?? 0) - ((scores[1] ?? 0) + (scores[2] ?? 0)) / 2
  const evidence = explain(trained, features, 0)
  // What the spaces at both ends take is no piece.
  const total = evidence.reduce((sum, { weight }) => sum + weight, 0)
  expect(total).toBeGreaterThan(0.8 * lead)
  expect(total).toBeLessThanOrEqual(lead + 0.01)
  expect(evidence.map(({ feature }) => feature)).toContain('[invisible]')
})

it('gives at most eight pieces, strongest first, each once', () => {
  const text = Array.from('甲乙丙丁戊己庚辛壬癸', sign => `很${sign}，很${sign}！`).join('')
  const evidence = explain(model(), extract(normalise(text), makeFeatures()), 0)
  expect(evidence).toHaveLength(8)
  expect(new Set(evidence.map(({ feature }) => feature)).size).toBe(8)
  expect(evidence.map(({ weight }) => weight)).toEqual(
    evidence.map(({ weight }) => weight).sort((one, other) => other - one),
  )
})
