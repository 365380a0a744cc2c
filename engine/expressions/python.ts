import { FileValue, type Value } from '../values/value.ts'
import { isList, isObject } from '../values/object.ts'

/** Python's truth: zero, empty and None are false. */
export function isTruthy(value: Value): boolean {
  if (value === null || value === '' || value === false || value === 0 || value === 0n) return false
  if (isList(value)) return value.length > 0
  return isObject(value) ? Object.keys(value).length > 0 : true
}

/** A number where Python sees one (`True` is 1); undefined otherwise. */
export function asNumber(value: Value): bigint | number | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined
}

/** Python's `==`: numbers by worth whatever their type, containers by content. */
export function isEqual(left: Value, right: Value): boolean {
  if (left === right) return true
  const [first, second] = [asNumber(left), asNumber(right)]
  // Loose on purpose: it is the one comparison of a bigint with a number that is exact.
  if (first !== undefined && second !== undefined) return first == second
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index] ?? null))
  }
  if (left instanceof FileValue || right instanceof FileValue || !isObject(left) || !isObject(right)) return false
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every(key => Object.hasOwn(right, key) && isEqual(left[key] ?? null, right[key] ?? null))
  )
}

const integerPattern = /^\s*[+-]?\d+(?:_\d+)*\s*$/
const floatPattern = /^\s*[+-]?(?:(?:\d+(?:_\d+)*)(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?\s*$/
const wordPattern = /^\s*([+-]?)(inf|infinity|nan)\s*$/i

/** Python's `int(text)`; undefined where Python raises. */
export function parseInteger(text: string): bigint | undefined {
  if (!integerPattern.test(text)) return undefined
  const digits = text.trim().replaceAll('_', '')
  // Python refuses more as well: reading long integers takes quadratic time.
  if (digits.length > 4_300) return undefined
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits.startsWith('+') ? digits.slice(1) : digits)
}

/** Python's `float(text)`; undefined where Python raises. */
export function parseFloatText(text: string): number | undefined {
  if (floatPattern.test(text)) return Number(text.trim().replaceAll('_', ''))
  const word = wordPattern.exec(text)
  if (word === null) return undefined
  const size = word[2]?.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY
  return word[1] === '-' ? -size : size
}
