import { Converter } from 'opencc-js/t2cn'
import type { Notes } from './normalisation-note.ts'

/** Code points that take no room on the screen, controls, and halves of characters. Line ends and tabs become spaces. */
const invisible = /[\p{DI}\p{Cc}\p{Cf}\p{Cs}\ufffd]/gu
/** Joiner and variation selectors inside emoji are ordinary writing, not evasion. */
const ordinary: ReadonlySet<string> = new Set(['\t', '\n', '\r', '\u200d', '\ufe0e', '\ufe0f'])

export function removeInvisible(text: string, notes: Notes): string {
  let hidden = 0
  let first = ''
  const result = text.replace(invisible, (character, offset: number) => {
    if (ordinary.has(character)) return /\s/u.test(character) ? ' ' : ''
    hidden += 1
    if (first === '') first = text.slice(Math.max(0, offset - 4), offset + 4)
    return ''
  })
  if (hidden > 0) notes.add('invisible', first, first.replace(invisible, ''), hidden)
  return result
}

const letterForms = /[０-９Ａ-Ｚａ-ｚ①-⓿\u{1d400}-\u{1d7ff}\u{1f100}-\u{1f16f}]/u
const markedLatin = /([A-Za-z])[\u0300-\u036f]+/gu

/** Compatibility forms (full width, circled, mathematical letters) and accents of Latin letters become plain. */
export function foldForms(text: string, notes: Notes): string {
  const folded = text.normalize('NFKD').replace(markedLatin, '$1').normalize('NFC')
  // Full-width punctuation is how Chinese is written; only letters and digits are worth a note.
  const shown = letterForms.exec(text)
  if (shown !== null) notes.add('width', shown[0], shown[0].normalize('NFKC'))
  return folded
}

const toSimplified = Converter({ from: 't', to: 'cn' })

export function simplify(text: string, notes: Notes): string {
  const simplified = toSimplified(text)
  if (simplified !== text) notes.add('traditional', ...firstDifference(text, simplified))
  return simplified
}

function firstDifference(before: string, after: string): [string, string] {
  const length = Math.min(before.length, after.length)
  let at = 0
  while (at < length && before[at] === after[at]) at += 1
  return [before.slice(Math.max(0, at - 2), at + 6), after.slice(Math.max(0, at - 2), at + 6)]
}

/** Four or more of the same character say no more than three; runs of white space no more than one space. */
export function squeeze(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/([^0-9])\1{3,}/gu, '$1$1$1')
    .trim()
}
