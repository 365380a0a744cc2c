import { codePointLength, codePoints } from '../../values/code-points.ts'
/** `tHIS one` → `This one`. */
export function capitalize(text: string): string {
  const [first = '', ...rest] = text
  return first.toUpperCase() + rest.join('').toLowerCase()
}

/** As the filter does it: words stand between white space, hyphens and opening brackets. */
export function titleWords(text: string): string {
  return text.replace(/[^-\s({[<]+/g, word => capitalize(word))
}

/** As Python’s method does it: words are runs of letters. */
export function titleCase(text: string): string {
  return text.replace(/\p{L}[\p{L}\p{M}]*/gu, word => capitalize(word))
}

/** Replaces all, or the first `count`, occurrences; an empty text stands between all characters, as in Python. */
export function replaceText(text: string, old: string, replacement: string, count: number): string {
  if (count < 0 && old !== '') return text.replaceAll(old, () => replacement)
  const parts = old === '' ? ['', ...codePoints(text), ''] : text.split(old)
  const limit = count < 0 ? parts.length : count
  let result = parts[0] ?? ''
  for (let index = 1; index < parts.length; index += 1)
    result += (index <= limit ? replacement : old) + (parts[index] ?? '')
  return result
}

/** Words between white space; at most `limit` cuts when it is not negative. */
export function splitWords(text: string, limit: number): string[] {
  const words: string[] = []
  let rest = text.trimStart()
  while (rest !== '' && (limit < 0 || words.length < limit)) {
    const word = /^\S+/.exec(rest)?.[0] ?? ''
    words.push(word)
    rest = rest.slice(word.length).trimStart()
  }
  return rest === '' ? words : [...words, rest]
}

/** Whole words up to a length, then an ellipsis; texts only a little longer (`leeway`) stay whole. */
export function truncateText(text: string, length: number, killWords: boolean, end: string, leeway: number): string {
  const points = codePoints(text)
  if (points.length <= length + leeway) return text
  const kept = points.slice(0, Math.max(0, length - codePointLength(end))).join('')
  if (killWords) return kept + end
  const space = kept.lastIndexOf(' ')
  return (space < 0 ? kept : kept.slice(0, space)) + end
}

/** Lines after the first (or all) pushed in; blank lines only when asked. */
export function indentText(text: string, prefix: string, first: boolean, blank: boolean): string {
  const [head = '', ...rest] = text.split('\n')
  const lines = rest.map(line => (line === '' && !blank ? line : prefix + line))
  return [first ? prefix + head : head, ...lines].join('\n')
}
