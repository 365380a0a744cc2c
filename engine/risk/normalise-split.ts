import type { Notes } from './normalisation-note.ts'

const han = /\p{Script=Han}/u
const piece = /[\p{Script=Han}a-z0-9]/u
const separator = /[\s\p{P}\p{S}\p{Extended_Pictographic}]/u
/** Signs that ordinary Chinese never puts between two characters: one of them is enough. */
const neverBetween = /[.*_^`•·丶|]/u
/** A comma ends a piece of speech, unless it stands between all of them. */
const sentence = /[,，。!！?？;；:：、]/u
/** Most separators between two pieces that still count as one word pulled apart. */
const widest = 3

/**
 * Puts words together that were pulled apart: `加 薇 芯`, `加.微.信`, `微*信`, `t e l e g r a m`.
 * Three single Chinese characters (four letters) in a row, each apart from the next, make a word pulled apart.
 */
export function joinSplit(text: string, notes: Notes): string {
  if (!separator.test(text)) return text
  const points = Array.from(text)
  const joined: string[] = []
  for (let at = 0; at < points.length;) {
    const run = splitRun(points, at)
    if (run === undefined) {
      joined.push(points[at] ?? '')
      at += 1
      continue
    }
    notes.add('split', points.slice(at, run.end).join(''), run.pieces.join(''))
    joined.push(...run.pieces)
    at = run.end
  }
  return joined.join('')
}

interface Run {
  readonly pieces: string[]
  /** Index behind the last piece. */
  readonly end: number
}

function splitRun(points: readonly string[], start: number): Run | undefined {
  const first = points[start] ?? ''
  if (!piece.test(first) || isPiece(points[start - 1]) || isPiece(points[start + 1])) return pairRun(points, start)
  const pieces = [first]
  const separators = new Set<string>()
  let end = start + 1
  for (;;) {
    const next = nextPiece(points, end)
    // A piece with a direct neighbour begins an ordinary word: `加 微信` ends here.
    if (next === undefined || isPiece(points[next + 1])) break
    const gap = points.slice(end, next).join('')
    if (separators.size > 0 && sentence.test(gap) !== sentence.test([...separators].join(''))) break
    pieces.push(points[next] ?? '')
    separators.add(gap)
    end = next + 1
  }
  return isOneWord(pieces, separators.size) ? { pieces, end } : pairRun(points, start)
}

/** Letters are pulled apart only by one and the same sign: `e.g. a.b` is no word. */
function isOneWord(pieces: readonly string[], separators: number): boolean {
  return pieces.length >= 3 && (han.test(pieces.join('')) || (pieces.length >= 4 && separators === 1))
}

/** Two Chinese characters around one sign that never stands there. */
function pairRun(points: readonly string[], start: number): Run | undefined {
  const [first = '', between = '', second = ''] = points.slice(start, start + 3)
  if (!neverBetween.test(between) || !han.test(first) || !han.test(second)) return undefined
  return { pieces: [first], end: start + 2 }
}

function nextPiece(points: readonly string[], from: number): number | undefined {
  for (let at = from; at <= from + widest; at += 1) {
    const point = points[at]
    if (point === undefined) return undefined
    if (at > from && piece.test(point)) return at
    if (!separator.test(point)) return undefined
  }
  return undefined
}

function isPiece(point: string | undefined): boolean {
  return point !== undefined && piece.test(point)
}
