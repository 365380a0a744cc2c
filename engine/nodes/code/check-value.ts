import { isList, isObject } from '../../values/object.ts'
import type { Value } from '../../values/value.ts'
import { outputLimits } from './limits.ts'

/** A result that does not fit its declaration. `kind` is the name by which the DSL’s error strategies know it. */
export class OutputError extends Error {
  readonly kind: 'OutputValidationError' | 'DepthLimitError'

  constructor(message: string, kind: 'OutputValidationError' | 'DepthLimitError' = 'OutputValidationError') {
    super(message)
    this.name = kind
    this.kind = kind
  }
}

/** The name Python has for the type of a value; messages speak of types this way in both languages. */
export function pythonType(value: Value): string {
  if (value === null) return 'NoneType'
  if (isList(value)) return 'list'
  if (isObject(value)) return 'dict'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  return typeof value === 'number' ? 'float' : 'File'
}

export function checkString(value: Value, name: string): Value {
  if (value === null) return null
  if (typeof value !== 'string')
    throw new OutputError(`Output ${name} must be a string, got ${pythonType(value)} instead.`)
  const limit = outputLimits.stringCharacters
  if (value.length > limit && Array.from(value).length > limit) {
    throw new OutputError(`The length of output variable \`${name}\` must be less than ${limit} characters`)
  }
  return value.replaceAll('\u0000', '')
}

/** Booleans count as numbers: true is 1. */
export function checkNumber(value: Value, name: string): Value {
  if (value === null) return null
  const number = typeof value === 'boolean' ? BigInt(value) : value
  if (typeof number !== 'bigint' && typeof number !== 'number') {
    throw new OutputError(`Output ${name} is not a number, got <class '${pythonType(value)}'> instead.`)
  }
  const { numberMin, numberMax, decimals } = outputLimits
  if (number < numberMin || number > numberMax) {
    throw new OutputError(
      `Output variable \`${name}\` is out of range, it must be between ${numberMin} and ${numberMax}.`,
    )
  }
  if (typeof number === 'number' && decimalsOf(number) > decimals) {
    throw new OutputError(
      `Output variable \`${name}\` has too high precision, it must be less than ${decimals} digits.`,
    )
  }
  return number
}

/** Digits behind the point when written without an exponent. */
function decimalsOf(number: number): number {
  const [mantissa = '', exponent = '0'] = String(Math.abs(number)).split('e')
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent))
}

/** Text in scientific notation becomes the number it shows, wherever it stands: the DSL has always read results so. */
export function readScientific(value: Value): Value {
  if (typeof value === 'string') return /^-?\d+\.?\d*e[+-]\d+$/i.test(value) ? Number(value) : value
  if (isList(value)) return value.map(readScientific)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readScientific(item)]))
}
