import { codePointLength, codePoints } from '../../values/code-points.ts'
import { isList } from '../../values/object.ts'
import { pythonText } from '../../values/text.ts'
import type { Value } from '../../values/value.ts'
import { argument, integerArgument, textArgument } from './arguments.ts'
import { fault } from './fault.ts'
import { formatBraces } from './format.ts'
import type { Method } from './methods-container.ts'
import { capitalize, replaceText, splitWords, titleCase } from './text.ts'
import { toValue, type Arguments, type Budget } from './runtime.ts'

type TextMethod = (text: string, args: Arguments, budget: Budget) => Value

const own: Readonly<Record<string, TextMethod>> = {
  upper: text => text.toUpperCase(),
  lower: text => text.toLowerCase(),
  casefold: text => text.toLowerCase(),
  title: text => titleCase(text),
  capitalize: text => capitalize(text),
  swapcase: text =>
    codePoints(text)
      .map(char => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()))
      .join(''),
  strip: (text, args) => strip(text, args, true, true),
  lstrip: (text, args) => strip(text, args, true, false),
  rstrip: (text, args) => strip(text, args, false, true),
  split: (text, args, budget) => budget.list(split(text, args)),
  rsplit: (text, args, budget) => budget.list(rsplit(text, args)),
  splitlines: (text, _, budget) => budget.list(text.replace(/(?:\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/)),
  partition: (text, args) => partition(text, textArgument(args, 0, 'sep', '')),
  join: (text, args, budget) => {
    const list = argument(args, 0, 'iterable', null)
    const parts: readonly Value[] =
      typeof list === 'string' ? codePoints(list) : isList(list) ? list : fault('can only join an iterable')
    const texts = parts.map(part => (typeof part === 'string' ? part : fault('sequence item: expected str instance')))
    return budget.text(texts.join(text))
  },
  replace: (text, args, budget) =>
    budget.text(
      replaceText(
        text,
        textArgument(args, 0, 'old', ''),
        textArgument(args, 1, 'new', ''),
        integerArgument(args, 2, 'count', -1),
      ),
    ),
  startswith: (text, args) => anyOf(args, part => text.startsWith(part)),
  endswith: (text, args) => anyOf(args, part => text.endsWith(part)),
  find: (text, args) => BigInt(codePointsBefore(text, text.indexOf(textArgument(args, 0, 'sub', '')))),
  rfind: (text, args) => BigInt(codePointsBefore(text, text.lastIndexOf(textArgument(args, 0, 'sub', '')))),
  index: (text, args) => {
    const at = text.indexOf(textArgument(args, 0, 'sub', ''))
    return at < 0 ? fault('substring not found') : BigInt(codePointsBefore(text, at))
  },
  count: (text, args) => {
    const part = textArgument(args, 0, 'sub', '')
    return BigInt(part === '' ? codePointLength(text) + 1 : text.split(part).length - 1)
  },
  format: (text, args, budget) =>
    budget.text(
      formatBraces(text, args.list.map(toValue), new Map([...args.named].map(([name, item]) => [name, toValue(item)]))),
    ),
  zfill: (text, args) => {
    const sign = /^[+-]/.exec(text)?.[0] ?? ''
    return sign + text.slice(sign.length).padStart(width(args) - sign.length, '0')
  },
  center: (text, args) => {
    const missing = Math.max(0, width(args) - codePointLength(text))
    const left = missing >> 1
    return fill(args, left) + text + fill(args, missing - left)
  },
  ljust: (text, args) => text + fill(args, width(args) - codePointLength(text)),
  rjust: (text, args) => fill(args, width(args) - codePointLength(text)) + text,
  removeprefix: (text, args) => {
    const prefix = textArgument(args, 0, 'prefix', '')
    return text.startsWith(prefix) ? text.slice(prefix.length) : text
  },
  removesuffix: (text, args) => {
    const suffix = textArgument(args, 0, 'suffix', '')
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
  },
  isdigit: text => /^\p{Nd}+$/u.test(text),
  isdecimal: text => /^\p{Nd}+$/u.test(text),
  isnumeric: text => /^\p{N}+$/u.test(text),
  isalpha: text => /^\p{L}+$/u.test(text),
  isalnum: text => /^[\p{L}\p{N}]+$/u.test(text),
  isspace: text => /^\s+$/.test(text),
  islower: text => text !== text.toUpperCase() && text === text.toLowerCase(),
  isupper: text => text !== text.toLowerCase() && text === text.toUpperCase(),
}

/** The methods of Python’s `str`. */
export const textMethods: Readonly<Record<string, Method>> = Object.fromEntries(
  Object.entries(own).map(([name, method]): [string, Method] => [
    name,
    (object, args, budget) => {
      const text = pythonText(object)
      budget.spend(text.length / 4)
      return method(text, args, budget)
    },
  ]),
)

function strip(text: string, args: Arguments, left: boolean, right: boolean): string {
  const given = argument(args, 0, 'chars', null)
  if (given === null) return left && right ? text.trim() : left ? text.trimStart() : text.trimEnd()
  const characters = new Set(pythonText(given))
  const points = codePoints(text)
  let [from, to] = [0, points.length]
  while (left && from < to && characters.has(points[from] ?? '')) from += 1
  while (right && to > from && characters.has(points[to - 1] ?? '')) to -= 1
  return points.slice(from, to).join('')
}

function split(text: string, args: Arguments): string[] {
  const separator = argument(args, 0, 'sep', null)
  const limit = integerArgument(args, 1, 'maxsplit', -1)
  if (separator === null) return splitWords(text, limit)
  if (typeof separator !== 'string' || separator === '') return fault('empty separator')
  const parts = text.split(separator)
  if (limit < 0 || parts.length <= limit + 1) return parts
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)]
}

function rsplit(text: string, args: Arguments): string[] {
  const separator = argument(args, 0, 'sep', null)
  const limit = integerArgument(args, 1, 'maxsplit', -1)
  if (limit < 0 || typeof separator !== 'string' || separator === '') return split(text, args)
  const parts = text.split(separator)
  const kept = Math.max(0, parts.length - limit)
  return kept <= 1 ? parts : [parts.slice(0, kept).join(separator), ...parts.slice(kept)]
}

function partition(text: string, separator: string): Value {
  const at = separator === '' ? -1 : text.indexOf(separator)
  return at < 0 ? [text, '', ''] : [text.slice(0, at), separator, text.slice(at + separator.length)]
}

function anyOf(args: Arguments, test: (part: string) => boolean): boolean {
  const wanted = argument(args, 0, 'prefix', '')
  return isList(wanted) ? wanted.some(part => typeof part === 'string' && test(part)) : test(pythonText(wanted))
}

/** Python counts code points where JavaScript counts UTF-16 units. */
function codePointsBefore(text: string, at: number): number {
  return at <= 0 ? at : codePointLength(text.slice(0, at))
}

function width(args: Arguments): number {
  const columns = integerArgument(args, 0, 'width', 0)
  return columns > 10_000 ? fault('the width is too large') : columns
}

function fill(args: Arguments, count: number): string {
  return textArgument(args, 1, 'fillchar', ' ').repeat(Math.max(0, count))
}
