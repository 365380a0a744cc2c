import type { Evidence } from '../../../engine/ports/models.ts'
import { syllableCode, syllableText } from '../../../engine/risk/pinyin.ts'
import { featureKind, isWordCode, type Features } from './features.ts'
import type { LinearModel } from './linear-model.ts'
import { scaleOf } from './softmax.ts'

const mostEvidence = 8
/** Characters, and words of letters, that make one piece at most. */
const longestPiece = 6
/** Smaller moves (log-odds) are noise. */
const least = 0.005

/**
 * The pieces of the text that spoke for a label, strongest first. Each n-gram shares its move among its characters, so the
 * moves of all pieces, of what spoke against and the bias add up to: log p(label) above the mean of log p of the others.
 */
export function explain(model: LinearModel, features: Features, label: number): Evidence[] {
  const moves = movesOf(model, features, label)
  const found = new Map<string, number>()
  for (const [kind, move] of moves.notes) if (move > least) found.set(`[${kind}]`, move)
  for (const piece of piecesOf(features.codes.subarray(0, features.length), moves)) {
    const text = pieceText(features.codes.subarray(piece.from, piece.to), piece.sound / piece.move)
    if (piece.move > least) found.set(text, (found.get(text) ?? 0) + piece.move)
  }
  return [...found]
    .sort(([, one], [, other]) => other - one)
    .slice(0, mostEvidence)
    .map(([feature, weight]) => ({ feature, weight: Math.round(weight * 1_000) / 1_000 }))
}

interface Moves {
  /** By code point. */
  readonly all: Float64Array
  /** The part of it that comes from syllables. */
  readonly sound: Float64Array
  readonly notes: readonly (readonly [kind: string, move: number])[]
}

function movesOf(model: LinearModel, features: Features, label: number): Moves {
  const scale = scaleOf(features.count) / model.temperature
  const all = new Float64Array(features.length)
  const sound = new Float64Array(features.length)
  const texts = features.count - features.notes.length
  for (let at = 0; at < texts; at += 1) {
    const from = features.from[at] ?? 0
    const to = features.to[at] ?? 0
    const share = (scale * moveOf(model, features.hashes[at] ?? 0, label)) / (to - from)
    const pinyin = features.kinds[at] === featureKind.pinyin
    for (let code = from; code < to; code += 1) {
      all[code] = (all[code] ?? 0) + share
      if (pinyin) sound[code] = (sound[code] ?? 0) + share
    }
  }
  const notes = features.notes.map(
    (kind, at) => [kind, scale * moveOf(model, features.hashes[texts + at] ?? 0, label)] as const,
  )
  return { all, sound, notes }
}

function moveOf({ weights, hashBits, steps }: LinearModel, hash: number, label: number): number {
  const labels = steps.length
  const base = (hash >>> (32 - hashBits)) * labels
  let others = 0
  for (let other = 0; other < labels; other += 1) {
    if (other !== label) others += (weights[base + other] ?? 0) * (steps[other] ?? 0)
  }
  return (weights[base + label] ?? 0) * (steps[label] ?? 0) - others / (labels - 1)
}

interface Piece {
  from: number
  to: number
  move: number
  sound: number
  units: number
}

/** Neighbouring characters or words that all spoke for the label. A word of letters is never cut. */
function piecesOf(codes: Int32Array, moves: Moves): Piece[] {
  const pieces: Piece[] = []
  let open: Piece | undefined
  for (let from = 0; from < codes.length;) {
    const unit = unitAt(codes, moves, from)
    from = unit.to
    if (isBlank(codes[unit.from] ?? 0)) continue
    const joins = open !== undefined && unit.from - open.to <= 1 && open.units < longestPiece
    if (unit.move <= 0 || !isSpeech(codes[unit.from] ?? 0)) open = undefined
    else if (open !== undefined && joins) {
      open.to = unit.to
      open.move += unit.move
      open.sound += unit.sound
      open.units += 1
    } else {
      open = unit
      pieces.push(unit)
    }
  }
  return pieces
}

function unitAt(codes: Int32Array, moves: Moves, from: number): Piece {
  let to = from + 1
  if (isWordCode(codes[from] ?? 0)) while (isWordCode(codes[to] ?? 0)) to += 1
  const unit = { from, to, move: 0, sound: 0, units: 1 }
  for (let at = from; at < to; at += 1) {
    unit.move += moves.all[at] ?? 0
    unit.sound += moves.sound[at] ?? 0
  }
  return unit
}

function isBlank(code: number): boolean {
  return code === 32
}

/** Letters, digits, characters and pictures; signs say nothing to a reader. */
function isSpeech(code: number): boolean {
  return isWordCode(code) || (code > 0x7f && !/\p{P}/u.test(String.fromCodePoint(code)))
}

/** A piece that counts mostly by its sound shows the sound. */
function pieceText(codes: Int32Array, sound: number): string {
  const text = String.fromCodePoint(...codes)
  if (sound < 0.6) return text
  return `${text} (${Array.from(codes, code => syllableText(syllableCode(code)))
    .join(' ')
    .trim()})`
}
