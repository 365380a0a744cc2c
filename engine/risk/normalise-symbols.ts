import type { Notes } from './normalisation-note.ts'

/**
 * Pictures that stand for a word in Chinese messages. A pun keeps its reading (satellite: wèixīng), so that the pinyin of
 * the text leads to the word that is meant. Our own list, from plain meanings.
 */
const words: ReadonlyMap<string, string> = new Map([
  ['➕', '加'],
  ['🛰', '卫星'],
  ['🐧', '企鹅'],
  ['🧧', '红包'],
  ['💰', '钱'],
  ['💵', '钱'],
  ['🔞', '成人'],
  ['🔪', '刀'],
  ['📞', '电话'],
  ['☎', '电话'],
  ['🐎', '马'],
  ['🐴', '马'],
  ['🐷', '猪'],
  ['🐶', '狗'],
])

const replaced =
  /[➕☎\u{1f1e6}-\u{1f1ff}\u{1f40e}\u{1f427}\u{1f434}\u{1f436}\u{1f437}\u{1f4b0}\u{1f4b5}\u{1f4de}\u{1f51e}\u{1f52a}\u{1f6f0}\u{1f9e7}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu
/** Skin tones and the key cap say nothing of the word. */
const decoration = /[\u{1f3fb}-\u{1f3ff}]|\u20e3/gu

/** Pictures become the words they stand for, lettered symbols (flags, boxes) become letters. */
export function readSymbols(text: string, notes: Notes): string {
  return text.replace(decoration, '').replace(replaced, symbol => {
    const word = words.get(symbol) ?? letterOf(symbol.codePointAt(0) ?? 0)
    notes.add('symbol', symbol, word)
    return word
  })
}

/** First code points of the three alphabets of boxed and circled letters that NFKC leaves alone. */
const alphabets = [0x1f1e6, 0x1f150, 0x1f170] as const

function letterOf(code: number): string {
  const start = alphabets.find(first => code >= first && code < first + 26)
  return start === undefined ? '' : String.fromCharCode(97 + code - start)
}
