import type { Normalised } from '../../../engine/risk/normalise.ts'
import type { NormalisationKind } from '../../../engine/risk/normalisation-note.ts'
import { syllableCode } from '../../../engine/risk/pinyin.ts'

/** Numbers of the kinds in `Features.kinds`. */
export const featureKind = { characters: 0, pinyin: 1, word: 2, note: 3 } as const

/**
 * Occurrences of features in one text, in arrays that grow and are used again for the next text.
 * `from` and `to` are places in `codes`, the code points of the text with a space at both ends.
 */
export interface Features {
  count: number
  length: number
  codes: Int32Array
  hashes: Uint32Array
  kinds: Uint8Array
  from: Uint16Array
  to: Uint16Array
  /** Kinds of the notes, which are the last occurrences. */
  notes: NormalisationKind[]
}

/** Characters: n-grams of 1 to 4. Syllables: 2 and 3; one alone is shared by too many words. */
const longestGram = 4
const longestPinyin = 3
/** Letters of a word that count. */
const longestWord = 24
/** Most occurrences that one code point can begin: 4 of characters, 2 of pinyin, 2 of words. */
const perCode = longestGram + (longestPinyin - 1) + 2

export function makeFeatures(capacity = 512): Features {
  const most = capacity * perCode + 16
  return {
    count: 0,
    length: 0,
    codes: new Int32Array(capacity + 2),
    hashes: new Uint32Array(most),
    kinds: new Uint8Array(most),
    from: new Uint16Array(most),
    to: new Uint16Array(most),
    notes: [],
  }
}

/** Fills `into` (or a larger copy, when the text is longer than any before) and returns it. */
export function extract(normalised: Normalised, into: Features): Features {
  const { text, notes } = normalised
  const features = text.length + 2 <= into.codes.length ? into : makeFeatures(text.length * 2)
  features.count = 0
  readCodes(text, features)
  addCharacters(features)
  addPinyin(features)
  addWords(features)
  features.notes = notes.map(note => note.kind).filter(kind => tellingNotes.has(kind))
  for (const kind of features.notes) add(features, mix(salt.note ^ hashText(kind)), featureKind.note, 0, 0)
  return features
}

/** Writing in full width or traditional characters says nothing; hiding a word does. */
const tellingNotes: ReadonlySet<NormalisationKind> = new Set([
  'invisible',
  'look-alike',
  'split',
  'written-out-link',
  'look-alike-domain',
])

/** Keep the hashes of the kinds apart. */
const salt = { characters: 0x2f1b3a5d, pinyin: 0x6b43a9c1, word: 0x51ed270b, note: 0x1c69b3f7 } as const
const space = 32

function readCodes(text: string, features: Features): void {
  const { codes } = features
  codes[0] = space
  let length = 1
  for (let at = 0; at < text.length; at += 1) {
    const code = text.codePointAt(at) ?? space
    if (code > 0xffff) at += 1
    codes[length] = code
    length += 1
  }
  codes[length] = space
  features.length = length + 1
}

function addCharacters(features: Features): void {
  const { codes, length } = features
  for (let from = 0; from < length; from += 1) {
    let hash: number = salt.characters
    const end = Math.min(length, from + longestGram)
    for (let to = from; to < end; to += 1) {
      hash = step(hash, codes[to] ?? 0)
      add(features, mix(hash), featureKind.characters, from, to + 1)
    }
  }
}

function addPinyin(features: Features): void {
  const { codes, length } = features
  for (let from = 0; from < length; from += 1) {
    let hash: number = salt.pinyin
    const end = Math.min(length, from + longestPinyin)
    for (let to = from; to < end; to += 1) {
      const syllable = syllableCode(codes[to] ?? 0)
      if (syllable === 0) break
      hash = step(hash, syllable)
      if (to > from) add(features, mix(hash), featureKind.pinyin, from, to + 1)
    }
  }
}

/** Latin words, alone and with the word before. */
function addWords(features: Features): void {
  const { codes, length } = features
  let before = 0
  let beforeFrom = -1
  for (let from = 0; from < length; from += 1) {
    if (!isWordCode(codes[from] ?? 0)) continue
    let to = from
    let hash: number = salt.word
    for (; isWordCode(codes[to] ?? 0); to += 1) if (to - from < longestWord) hash = step(hash, codes[to] ?? 0)
    add(features, mix(hash), featureKind.word, from, to)
    if (beforeFrom >= 0) add(features, mix(step(before, hash)), featureKind.word, beforeFrom, to)
    // Only a single sign may stand between the two.
    beforeFrom = isWordCode(codes[to + 1] ?? 0) ? from : -1
    before = hash
    from = to
  }
}

export function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
}

function add(features: Features, hash: number, kind: number, from: number, to: number): void {
  const at = features.count
  features.hashes[at] = hash
  features.kinds[at] = kind
  features.from[at] = from
  features.to[at] = to
  features.count = at + 1
}

function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = step(hash, text.charCodeAt(at))
  return hash
}

/** One step of FNV-1a over whole numbers. */
function step(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193)
}

/** Finaliser of MurmurHash3: spreads the differences into the upper bits, of which the bucket is made. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
