import type { Notes } from './normalisation-note.ts'

/**
 * Lower-case Cyrillic and Greek letters that look like a Latin one.
 * A small part of the relation that Unicode Technical Standard 39 (confusables) describes, chosen by us.
 */
const foreign: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: 'a',
    в: 'b',
    с: 'c',
    ԁ: 'd',
    е: 'e',
    ё: 'e',
    һ: 'h',
    н: 'h',
    і: 'i',
    ї: 'i',
    ј: 'j',
    к: 'k',
    ӏ: 'l',
    м: 'm',
    п: 'n',
    о: 'o',
    р: 'p',
    ԛ: 'q',
    г: 'r',
    ѕ: 's',
    т: 't',
    ц: 'u',
    ѵ: 'v',
    ԝ: 'w',
    х: 'x',
    у: 'y',
    α: 'a',
    β: 'b',
    ε: 'e',
    η: 'n',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    τ: 't',
    υ: 'u',
    χ: 'x',
    γ: 'y',
    ω: 'w',
  }),
)

/** Digits and signs that stand for a letter inside a Latin word. */
const leet: ReadonlyMap<string, string> = new Map(
  Object.entries({ '0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', $: 's', '@': 'a', '!': 'i' }),
)

const word = /[a-z0-9$@!\p{Script=Cyrillic}\p{Script=Greek}]+/gu
const latin = /[a-z]/u
const notLatin = /[\p{Script=Cyrillic}\p{Script=Greek}]/u
const notLatinAll = /[\p{Script=Cyrillic}\p{Script=Greek}]/gu

/** Words that mix alphabets, or put digits between their letters, as they are meant to be read. Expects lower case. */
export function foldLookAlikes(text: string, notes: Notes): string {
  return text.replace(word, written => {
    const read = foldSigns(notLatin.test(written) ? foldForeign(written) : written)
    if (read !== written) notes.add('look-alike', written, read)
    return read
  })
}

/** A word of another language stays as it is: it is folded only when it mixes alphabets. */
function foldForeign(written: string): string {
  return latin.test(written) ? foldAllForeign(written) : written
}

/** Each look-alike letter as Latin, whatever stands beside it. */
function foldAllForeign(written: string): string {
  return written.replace(notLatinAll, letter => foreign.get(letter) ?? letter)
}

/** Only signs between two letters (or a `$` before two) are read as letters: numbers and account names stay. */
function foldSigns(written: string): string {
  if (!/[0-9$@!]/u.test(written) || !latin.test(written)) return written
  const letters = written.replace(/[^a-z]/gu, '').length
  if (letters * 2 < written.length) return written
  let read = ''
  for (let at = 0; at < written.length; at += 1) read += signAt(written, at)
  return read
}

function signAt(written: string, at: number): string {
  const sign = written.charAt(at)
  const letter = leet.get(sign)
  if (letter === undefined || !latin.test(written.charAt(at + 1))) return sign
  const opens = at === 0 && sign === '$' && latin.test(written.charAt(at + 2))
  return opens || latin.test(written.charAt(at - 1)) ? letter : sign
}

/** Every digit or sign read as a letter; for domain names, where any place can deceive. */
export function foldAllSigns(written: string): string {
  return foldAllForeign(written).replace(/[0-9$@!]/gu, sign => leet.get(sign) ?? sign)
}
