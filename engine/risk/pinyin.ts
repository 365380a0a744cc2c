import { pinyin } from 'pinyin-pro'

const first = 0x4e00
const last = 0x9fff
const unknown = -1

/** Code of the syllable of each character, filled as characters are met: looking all up at once takes 0.2 s. */
const known = new Int32Array(last - first + 1).fill(unknown)

/**
 * Code of the toneless syllable of a Chinese character, by its most usual reading, whatever stands around it: 微 and 薇
 * give the same. 0 for everything else. The code is the syllable itself in base 27, so it means the same everywhere.
 */
export function syllableCode(character: number): number {
  if (character < first || character > last) return 0
  const code = known[character - first] ?? 0
  return code === unknown ? lookUp(character) : code
}

/** The text of a code: `wei`. */
export function syllableText(code: number): string {
  let text = ''
  for (let rest = code; rest > 0; rest = Math.floor(rest / 27)) text = String.fromCharCode(96 + (rest % 27)) + text
  return text
}

function lookUp(character: number): number {
  const text = pinyin(String.fromCharCode(character), { toneType: 'none', v: true })
  // The longest syllables have six letters, which keeps the code below 2^31.
  const code = /^[a-z]{1,6}$/u.test(text) ? encode(text) : 0
  known[character - first] = code
  return code
}

function encode(text: string): number {
  return Array.from(text).reduce((code, letter) => code * 27 + letter.charCodeAt(0) - 96, 0)
}
