import { codePointLength, codePoints } from '../../values/code-points.ts'
import { isList, isObject } from '../../values/object.ts'
import type { Value } from '../../values/value.ts'
import { argument, flagArgument, integerArgument, textArgument } from './arguments.ts'
import { fault } from './fault.ts'
import type { Filter } from './filter.ts'
import { formatPercent } from './format.ts'
import { required, textOfItem, toValue, type Arguments, type Budget, type Item } from './runtime.ts'
import { capitalize, indentText, replaceText, splitWords, titleWords, truncateText } from './text.ts'

type Change = (text: string, args: Arguments, budget: Budget) => Value

const changes: Readonly<Record<string, Change>> = {
  upper: text => text.toUpperCase(),
  lower: text => text.toLowerCase(),
  title: text => titleWords(text),
  capitalize: text => capitalize(text),
  trim: (text, args) => trim(text, argument(args, 0, 'chars', null)),
  string: text => text,
  safe: text => text,
  forceescape: text => escape(text),
  escape: text => escape(text),
  e: text => escape(text),
  striptags: text =>
    text
      .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
      .split(/\s+/)
      .filter(Boolean)
      .join(' '),
  replace: (text, args) =>
    replaceText(
      text,
      textArgument(args, 0, 'old', ''),
      textArgument(args, 1, 'new', ''),
      integerArgument(args, 2, 'count', -1),
    ),
  wordcount: text => BigInt(splitWords(text, -1).length),
  truncate: (text, args) =>
    truncateText(
      text,
      integerArgument(args, 0, 'length', 255),
      flagArgument(args, 1, 'killwords', false),
      textArgument(args, 2, 'end', '...'),
      integerArgument(args, 3, 'leeway', 5),
    ),
  indent: (text, args) =>
    indentText(
      text,
      indentPrefix(argument(args, 0, 'width', 4n)),
      flagArgument(args, 1, 'first', false),
      flagArgument(args, 2, 'blank', false),
    ),
  center: (text, args) => {
    const missing = Math.min(10_000, integerArgument(args, 0, 'width', 80)) - codePointLength(text)
    return missing <= 0 ? text : ' '.repeat(missing >> 1) + text + ' '.repeat(missing - (missing >> 1))
  },
  wordwrap: (text, args) =>
    wrap(text, Math.max(1, integerArgument(args, 0, 'width', 79)), textArgument(args, 2, 'wrapstring', '\n')),
}

function indentPrefix(width: Value): string {
  if (typeof width === 'string') return width
  const columns = typeof width === 'bigint' ? Number(width) : 4
  return columns > 1_000 ? fault('the indentation is too large') : ' '.repeat(columns)
}

function trim(text: string, characters: Value): string {
  if (typeof characters !== 'string') return text.trim()
  const set = new Set(characters)
  const points = codePoints(text)
  let [from, to] = [0, points.length]
  while (from < to && set.has(points[from] ?? '')) from += 1
  while (to > from && set.has(points[to - 1] ?? '')) to -= 1
  return points.slice(from, to).join('')
}

function wrap(text: string, width: number, separator: string): string {
  return text
    .split('\n')
    .map(line => {
      const lines: string[] = ['']
      for (const word of line.split(' ')) {
        const last = lines.at(-1) ?? ''
        if (last === '') lines[lines.length - 1] = word
        else if (last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
        else lines.push(word)
      }
      return lines.join(separator)
    })
    .join('\n')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] ?? character)
}

/** Filters that take a text and mostly give one. */
export const textFilters: Readonly<Record<string, Filter>> = {
  ...Object.fromEntries(
    Object.entries(changes).map(([name, change]): [string, Filter] => [
      name,
      (item, args, { budget }) => {
        const text = textOfItem(item)
        budget.spend(text.length / 4)
        const changed = change(text, args, budget)
        return typeof changed === 'string' ? budget.text(changed) : changed
      },
    ]),
  ),
  format: (item, args, { budget }) => {
    const named = Object.fromEntries([...args.named].map(([name, value]) => [name, toValue(value)]))
    return budget.text(formatPercent(textOfItem(item), args.named.size > 0 ? named : args.list.map(toValue)))
  },
  urlencode: (item, _, { budget }) => budget.text(encodeUrl(required(item))),
}

function encodeUrl(value: Value): string {
  if (isObject(value))
    return Object.entries(value)
      .map(([name, item]) => `${encodePart(name)}=${encodePart(item)}`)
      .join('&')
  if (!isList(value)) return encode(value).replaceAll('%2F', '/')
  return value.map(pair => (isList(pair) ? pair.map(part => encodePart(part)).join('=') : encode(pair))).join('&')
}

/** In a query, a space is a plus. */
function encodePart(item: Item): string {
  return encode(item).replaceAll('%20', '+')
}

function encode(item: Item): string {
  return encodeURIComponent(textOfItem(item).replace(/[\ud800-\udfff]/gu, '\ufffd')).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
