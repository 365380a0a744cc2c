import { codePointLength, codePoints } from '../../values/code-points.ts'
import { getKey, isList, isObject } from '../../values/object.ts'
import { jsonText } from '../../values/text.ts'
import type { Value } from '../../values/value.ts'
import { asNumber, parseFloatText, parseInteger } from '../python.ts'
import { argument, flagArgument, integerArgument, textArgument } from './arguments.ts'
import { fault } from './fault.ts'
import type { Filter } from './filter.ts'
import { attribute } from './members.ts'
import { required, textOfItem, toValue, truthOf, Undefined, type Arguments } from './runtime.ts'

/** Filters on single values: defaults, numbers, JSON. */
export const valueFilters: Readonly<Record<string, Filter>> = {
  default: defaultFilter,
  d: defaultFilter,
  int: (item, args) => toInteger(toValue(item), args),
  float: (item, args) => toFloat(toValue(item), args),
  abs: item => {
    const number = numberOf(required(item), 'abs')
    return number < 0 ? -number : number
  },
  round: (item, args) => round(Number(numberOf(required(item), 'round')), args),
  tojson: (item, args, { budget }) => {
    const text = toJson(required(item), integerArgument(args, 0, 'indent', 0))
    budget.spend(text.length / 2)
    return budget.text(text)
  },
  length,
  count: length,
  attr: (item, args, { budget }) => attribute(item, textArgument(args, 0, 'name', ''), budget),
  pprint: (item, _, { budget }) => budget.text(textOfItem(item)),
  filesizeformat: item => fileSize(Number(numberOf(required(item), 'filesizeformat'))),
}

function defaultFilter(...[item, args]: Parameters<Filter>): ReturnType<Filter> {
  const replaced = item instanceof Undefined || (flagArgument(args, 1, 'boolean', false) && !truthOf(item))
  return replaced ? argument(args, 0, 'default_value', '') : item
}

function length(...[item, , { budget }]: Parameters<Filter>): bigint {
  if (item instanceof Undefined) return 0n
  const value = toValue(item)
  if (typeof value === 'string') {
    budget.spend(value.length / 16)
    return BigInt(codePointLength(value))
  }
  if (isList(value)) return BigInt(value.length)
  return isObject(value) ? BigInt(Object.keys(value).length) : fault('the object has no length')
}

function numberOf(value: Value, name: string): bigint | number {
  return asNumber(value) ?? fault(`${name}: a number is required`)
}

function toInteger(value: Value, args: Arguments): Value {
  const fallback = argument(args, 0, 'default', 0n)
  if (typeof value === 'string') {
    const base = integerArgument(args, 1, 'base', 10)
    if (base !== 10) return inBase(value, base) ?? fallback
    const float = parseFloatText(value)
    return parseInteger(value) ?? (float !== undefined && Number.isFinite(float) ? BigInt(Math.trunc(float)) : fallback)
  }
  const number = asNumber(value)
  if (number === undefined) return fallback
  if (typeof number === 'bigint') return number
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : fallback
}

function inBase(text: string, base: number): bigint | undefined {
  const digits = text
    .trim()
    .toLowerCase()
    .replace(/^0[xob]/, '')
  const prefixes: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 16: '0x' }
  const prefix = prefixes[base]
  if (prefix === undefined || digits === '' || digits.length > 1_000) return undefined
  const fits = codePoints(digits).every(digit => Number.parseInt(digit, 36) < base)
  return fits ? BigInt(prefix + digits) : undefined
}

function toFloat(value: Value, args: Arguments): Value {
  const number = typeof value === 'string' ? parseFloatText(value) : asNumber(value)
  return number === undefined ? argument(args, 0, 'default', 0) : Number(number)
}

function round(value: number, args: Arguments): number {
  const precision = integerArgument(args, 0, 'precision', 0)
  const method = argument(args, 1, 'method', 'common')
  if (!Number.isFinite(value) || Math.abs(precision) > 300) return value
  const factor = 10 ** precision
  if (method === 'ceil') return Math.ceil(value * factor) / factor
  if (method === 'floor') return Math.floor(value * factor) / factor
  return roundHalfEven(value, precision)
}

/** Rounds the exact binary value; only a true tie goes to the even neighbour, as in Python. */
function roundHalfEven(value: number, precision: number): number {
  if (precision < 0) return roundHalfEven(value / 10 ** -precision, 0) * 10 ** -precision
  const scaled = value * 10 ** precision
  const tie = Math.abs(scaled % 1) === 0.5 && Number(scaled / 10 ** precision) === value && precision === 0
  if (tie) return 2 * Math.round(scaled / 2)
  return precision <= 100 ? Number(value.toFixed(precision)) : value
}

const unsafe: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', "'": '\\u0027' }

/** JSON that is safe inside HTML: `<`, `>`, `&`, `'` and everything beyond ASCII are escaped; keys are sorted. */
function toJson(value: Value, indent: number): string {
  const style =
    indent > 0 ? { comma: ',', colon: ': ', indent: Math.min(indent, 100) } : { comma: ', ', colon: ': ', indent: 0 }
  return jsonText(sortKeys(value), style).replace(
    /[<>&'\u007f-\uffff]/g,
    character => unsafe[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function sortKeys(value: Value): Value {
  if (isList(value)) return value.map(sortKeys)
  if (!isObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map(key => [key, sortKeys(getKey(value, key) ?? null)]))
}

function fileSize(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB', 'PB']
  if (bytes < 1_000) return bytes === 1 ? '1 Byte' : `${Math.trunc(bytes)} Bytes`
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1_000 ** power).toFixed(1)} ${units[power - 1] ?? ''}`
}
