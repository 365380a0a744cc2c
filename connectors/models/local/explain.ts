import type { Evidence } from '../../../engine/ports/models.ts'
import { syllableCode, syllableText } from '../../../engine/risk/pinyin.ts'
import { featureKind, type Features } from './features.ts'
import type { LinearModel } from './linear-model.ts'
import { scaleOf } from './softmax.ts'

const mostEvidence = 8

/**
 * The pieces of the text that spoke for a label, strongest first. The weight of a piece is the sum over all features that
 * lie within it: how far they move log(p(label)) above the mean of log p of the other labels.
 */
export function explain(model: LinearModel, features: Features, label: number): Evidence[] {
  const moves = movesOf(model, features, label)
  const evidence: Evidence[] = []
  while (evidence.length < mostEvidence) {
    const strongest = highest(moves)
    if (strongest < 0) break
    const piece = pieceText(features, strongest)
    const weight = take(features, moves, strongest)
    if (piece !== '' && weight > 0.0005) evidence.push({ feature: piece, weight: Math.round(weight * 1_000) / 1_000 })
  }
  return evidence.sort((one, other) => other.weight - one.weight)
}

function movesOf(model: LinearModel, features: Features, label: number): Float64Array {
  const { weights, hashBits, steps } = model
  const labels = model.labels.length
  const scale = scaleOf(features.count) / model.temperature
  const moves = new Float64Array(features.count)
  for (let at = 0; at < features.count; at += 1) {
    const base = ((features.hashes[at] ?? 0) >>> (32 - hashBits)) * labels
    let others = 0
    for (let other = 0; other < labels; other += 1) {
      if (other !== label) others += (weights[base + other] ?? 0) * (steps[other] ?? 0)
    }
    moves[at] = scale * ((weights[base + label] ?? 0) * (steps[label] ?? 0) - others / (labels - 1))
  }
  return moves
}

/** Place of the largest positive move; −1 when there is none. */
function highest(moves: Float64Array): number {
  let best = -1
  let most = 0
  for (let at = 0; at < moves.length; at += 1) {
    const move = moves[at] ?? 0
    if (move > most) {
      most = move
      best = at
    }
  }
  return best
}

/** Adds up what lies within the piece and takes it away, with whatever only stretches the piece. */
function take(features: Features, moves: Float64Array, chosen: number): number {
  const from = features.from[chosen] ?? 0
  const to = features.to[chosen] ?? 0
  const note = features.kinds[chosen] === featureKind.note
  let weight = 0
  for (let at = 0; at < moves.length; at += 1) {
    if (note ? at !== chosen : features.kinds[at] === featureKind.note) continue
    const start = features.from[at] ?? 0
    const end = features.to[at] ?? 0
    const within = start >= from && end <= to
    if (within) weight += moves[at] ?? 0
    if (within || (start <= from && end >= to)) moves[at] = 0
  }
  return weight
}

/** As people read it; a piece that counts by its sound shows the sound. */
function pieceText(features: Features, at: number): string {
  const kind = features.kinds[at] ?? 0
  if (kind === featureKind.note) return `[${features.notes[at - (features.count - features.notes.length)] ?? ''}]`
  const codes = features.codes.subarray(features.from[at], features.to[at])
  const text = String.fromCodePoint(...codes).trim()
  if (kind !== featureKind.pinyin) return text
  return `${text} (${Array.from(codes, code => syllableText(syllableCode(code))).join(' ')})`
}
