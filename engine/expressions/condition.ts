import { RiskloomError } from '../error.ts'
import { decodeInput } from '../values/codec.ts'
import { isList } from '../values/object.ts'
import { pythonText, textOf } from '../values/text.ts'
import type { Value } from '../values/value.ts'
import { asNumber, isEqual, isTruthy, parseFloatText, parseInteger } from './python.ts'

/** The comparison operators of the DSL with what each says of a value; texts of failures are the DSL’s own. */
const operators: Readonly<Record<string, (actual: Value, expected: Value) => boolean>> = {
  contains: (actual, expected) => isTruthy(actual) && contains(actual, expected),
  'not contains': (actual, expected) => !isTruthy(actual) || !contains(actual, expected),
  'start with': (actual, expected) => isTruthy(actual) && onText(actual).startsWith(wanted(expected)),
  'end with': (actual, expected) => isTruthy(actual) && onText(actual).endsWith(wanted(expected)),
  is: (actual, expected) => actual !== null && isEqual(onTextOrBoolean(actual), expected),
  'is not': (actual, expected) => actual !== null && !isEqual(onTextOrBoolean(actual), expected),
  empty: actual => !isTruthy(actual),
  'not empty': actual => isTruthy(actual),
  in: (actual, expected) => isTruthy(actual) && among(actual, expected),
  'not in': (actual, expected) => !isTruthy(actual) || !among(actual, expected),
  'all of': (actual, expected) => isTruthy(actual) && holdsAll(actual, expected),
  '=': (actual, expected) => actual !== null && equalsNumber(actual, expected),
  '≠': (actual, expected) => actual !== null && !equalsNumber(actual, expected),
  '>': (actual, expected) => actual !== null && compare(actual, expected, (left, right) => left > right),
  '<': (actual, expected) => actual !== null && compare(actual, expected, (left, right) => left < right),
  '≥': (actual, expected) => actual !== null && compare(actual, expected, (left, right) => left >= right),
  '≤': (actual, expected) => actual !== null && compare(actual, expected, (left, right) => left <= right),
  null: actual => actual === null,
  'not null': actual => actual !== null,
  exists: actual => actual !== null,
  'not exists': actual => actual === null,
}

export const comparisonOperators: readonly string[] = Object.keys(operators)

/**
 * Whether a comparison holds. What is expected is a text (or list of texts) from the document, already rendered.
 * @throws RiskloomError `node-failed` with the text the DSL gives for it
 */
export function holds(actual: Value, operator: string, expected: Value): boolean {
  const compareWith = Object.hasOwn(operators, operator) ? operators[operator] : undefined
  if (compareWith === undefined) return fail(`Unsupported operator: ${operator}`)
  return compareWith(actual, expected !== null && isBooleanVariable(actual) ? toBooleans(expected) : expected)
}

function fail(text: string): never {
  throw new RiskloomError('node-failed', text)
}

function isBooleanVariable(value: Value): boolean {
  return (
    typeof value === 'boolean' || (isList(value) && value.length > 0 && value.every(item => typeof item === 'boolean'))
  )
}

function toBooleans(expected: Value): Value {
  return isList(expected) ? expected.map(toBoolean) : toBoolean(expected)
}

/** Beside a boolean variable, the expected text is read as JSON and its truth taken. */
function toBoolean(expected: Value): boolean {
  if (typeof expected !== 'string') return isTruthy(expected)
  const parsed = parseJson(expected)
  if (typeof parsed === 'boolean' || typeof parsed === 'bigint') return isTruthy(parsed)
  return fail(`unexpected value: type=<class 'str'>, value=${expected}`)
}

function parseJson(text: string): Value {
  try {
    return decodeInput(text)
  } catch {
    return fail('Expecting value: line 1 column 1 (char 0)')
  }
}

function contains(actual: Value, expected: Value): boolean {
  if (typeof actual === 'string') return actual.includes(pythonText(expected))
  if (isList(actual)) return actual.some(item => isEqual(item, expected))
  return fail('Invalid actual value type: string or array')
}

function onText(actual: Value): string {
  return typeof actual === 'string' ? actual : fail('Invalid actual value type: string')
}

function wanted(expected: Value): string {
  return typeof expected === 'string' ? expected : fail('Expected value must be a string')
}

function onTextOrBoolean(actual: Value): Value {
  const fits = typeof actual === 'string' || typeof actual === 'boolean'
  return fits ? actual : fail('Invalid actual value type: string or boolean')
}

function among(actual: Value, expected: Value): boolean {
  return isList(expected) ? expected.some(item => isEqual(item, actual)) : fail('Invalid expected value type: array')
}

function holdsAll(actual: Value, expected: Value): boolean {
  if (!isList(expected)) return fail('Invalid expected value type: array')
  if (typeof actual === 'string') return expected.every(item => actual.includes(textOf(item)))
  return isList(actual) && expected.every(item => actual.some(element => isEqual(element, item)))
}

function equalsNumber(actual: Value, expected: Value): boolean {
  if (typeof actual === 'boolean') return actual === isTruthy(expected)
  if (typeof actual === 'bigint') return isEqual(actual, expectedInteger(expected))
  if (typeof actual === 'number') return isEqual(actual, expectedFloat(expected))
  return fail('Invalid actual value type: number or boolean')
}

function expectedInteger(expected: Value): bigint {
  if (typeof expected === 'string') {
    return parseInteger(expected) ?? fail(`invalid literal for int() with base 10: '${expected}'`)
  }
  const number = asNumber(expected)
  if (number === undefined) return fail('Cannot convert the expected value to number')
  return typeof number === 'bigint' ? number : BigInt(Math.trunc(number))
}

function expectedFloat(expected: Value): number | bigint {
  if (typeof expected === 'string') {
    return parseFloatText(expected) ?? fail(`could not convert string to float: '${expected}'`)
  }
  return asNumber(expected) ?? fail('Cannot convert the expected value to number')
}

function compare(
  actual: Value,
  expected: Value,
  test: (left: bigint | number, right: bigint | number) => boolean,
): boolean {
  const left = asNumber(actual)
  if (left === undefined) return fail('Invalid actual value type: number')
  const right = typeof expected === 'string' ? parseNumber(expected) : asNumber(expected)
  return right === undefined ? fail(`Cannot convert '${pythonText(expected)}' to number`) : test(left, right)
}

function parseNumber(text: string): bigint | number | undefined {
  return parseInteger(text) ?? parseFloatText(text)
}
