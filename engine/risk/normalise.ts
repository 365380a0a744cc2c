import { Notes, type NormalisationNote } from './normalisation-note.ts'
import { foldForms, removeInvisible, simplify, squeeze } from './normalise-characters.ts'
import { readLinks } from './normalise-links.ts'
import { foldLookAlikes } from './normalise-look-alikes.ts'
import { joinSplit } from './normalise-split.ts'
import { readSymbols } from './normalise-symbols.ts'

export interface Normalised {
  /** As a reader would say it: lower case, plain letters, simplified Chinese, words together, links as domains. */
  readonly text: string
  readonly notes: readonly NormalisationNote[]
}

/** Longest text that is looked at, UTF-16 units. What follows is cut off and noted. */
export const longestText = 20_000

/**
 * Undoes the ways in which people write around a filter. Deterministic; the time is linear in the length of the text.
 * Homophones stay as they are written: they meet in their pinyin (see `syllableOf`).
 */
export function normalise(raw: string): Normalised {
  const notes = new Notes()
  let text = shorten(raw, notes)
  if (plain.test(text) && !apart.test(text)) return { text: squeeze(text), notes: notes.list() }
  text = removeInvisible(text, notes)
  // One character can stand for many (ﷺ): what they become is bounded too.
  text = foldForms(readSymbols(text, notes), notes).slice(0, longestText)
  text = simplify(text, notes).toLowerCase()
  const parts = readLinks(text, notes)
  // Links stand at odd places; they are already read.
  const read = parts.map((part, index) => (index % 2 === 1 ? part : joinSplit(foldLookAlikes(part, notes), notes)))
  return { text: squeeze(read.length === 1 ? (read[0] ?? '') : read.join(' ')), notes: notes.list() }
}

/** Lower-case letters, spaces and commas alone hold nothing to undo. */
const plain = /^[a-z ,]*$/u
const apart = /(?:^| )[a-z] [a-z](?: |$)/u

function shorten(raw: string, notes: Notes): string {
  if (raw.length <= longestText) return raw
  notes.add('shortened', '', '', raw.length - longestText)
  return raw.slice(0, longestText)
}
