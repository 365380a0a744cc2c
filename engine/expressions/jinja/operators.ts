import { isList, isObject } from '../../values/object.ts'
import type { Value } from '../../values/value.ts'
import { asNumber, isEqual } from '../python.ts'
import { fault } from './fault.ts'
import { formatPercent } from './format.ts'
import { required, textOfItem, toValue, typeName, Undefined, type Budget, type Item } from './runtime.ts'

/** Digits a power may have: beyond, computing takes long and nobody reads it. */
const maxPowerBits = 20_000
const maxRepeat = 1_000_000

type Numeric = bigint | number
type Arithmetic = (left: Numeric, right: Numeric, budget: Budget) => Value

const arithmetic: Readonly<Record<string, Arithmetic>> = {
  '+': (left, right) => (bothIntegers(left, right) ? BigInt(left) + BigInt(right) : Number(left) + Number(right)),
  '-': (left, right) => (bothIntegers(left, right) ? BigInt(left) - BigInt(right) : Number(left) - Number(right)),
  '*': (left, right) => (bothIntegers(left, right) ? BigInt(left) * BigInt(right) : Number(left) * Number(right)),
  '/': (left, right) => Number(left) / Number(nonZero(right, 'division by zero')),
  '//': floorDivide,
  '%': modulo,
  '**': power,
}

function bothIntegers(left: Numeric, right: Numeric): boolean {
  return typeof left === 'bigint' && typeof right === 'bigint'
}

function nonZero(value: Numeric, message: string): Numeric {
  return value == 0 ? fault(message) : value
}

function floorDivide(left: Numeric, right: Numeric): Value {
  nonZero(right, 'integer division or modulo by zero')
  if (typeof left !== 'bigint' || typeof right !== 'bigint') return Math.floor(Number(left) / Number(right))
  const quotient = left / right
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient
}

function modulo(left: Numeric, right: Numeric): Value {
  nonZero(right, 'integer division or modulo by zero')
  if (typeof left !== 'bigint' || typeof right !== 'bigint') {
    const rest = Number(left) % Number(right)
    return rest !== 0 && rest < 0 !== Number(right) < 0 ? rest + Number(right) : rest
  }
  const rest = left % right
  return rest !== 0n && rest < 0n !== right < 0n ? rest + right : rest
}

function power(left: Numeric, right: Numeric, budget: Budget): Value {
  if (typeof left !== 'bigint' || typeof right !== 'bigint' || right < 0n) return Number(left) ** Number(right)
  const bits = left.toString(16).length * 4 * Number(right)
  if (bits > maxPowerBits) fault('the power is too large')
  budget.spend(bits / 64)
  return left ** right
}

/** `left operator right` for everything but the short-circuiting words. */
export function binary(operator: string, left: Item, right: Item, budget: Budget): Item {
  switch (operator) {
    case '~':
      return budget.text(textOfItem(left) + textOfItem(right))
    case '==':
      return equals(left, right, budget)
    case '!=':
      return !equals(left, right, budget)
    case 'in':
      return contains(right, left, budget)
    case 'not in':
      return !contains(right, left, budget)
    case '<':
    case '>':
    case '<=':
    case '>=':
      return compareBy(operator, order(required(left), required(right), budget, operator))
    default:
      return calculate(operator, required(left), required(right), budget)
  }
}

export function equals(left: Item, right: Item, budget: Budget): boolean {
  if (left instanceof Undefined || right instanceof Undefined)
    return left instanceof Undefined && right instanceof Undefined
  return same(toValue(left), toValue(right), budget)
}

/** Equal values are looked through to their ends, which is no more than there is in the left one. */
export function same(left: Value, right: Value, budget: Budget): boolean {
  if (typeof left === 'object' && typeof right === 'object') budget.walk(left)
  return isEqual(left, right)
}

function contains(container: Item, item: Item, budget: Budget): boolean {
  const value = required(container)
  const wanted = toValue(item)
  if (isList(value)) {
    budget.spend(value.length / 4)
    return value.some(element => same(element, wanted, budget))
  }
  if (typeof value === 'string') {
    budget.spend(value.length / 64)
    return typeof wanted === 'string' ? value.includes(wanted) : fault("'in <string>' requires string as left operand")
  }
  if (isObject(value)) return typeof wanted === 'string' && Object.hasOwn(value, wanted)
  return fault(`argument of type '${typeName(value)}' is not iterable`)
}

function compareBy(operator: string, sign: number): boolean {
  if (Number.isNaN(sign)) return false
  if (operator === '<') return sign < 0
  if (operator === '>') return sign > 0
  return operator === '<=' ? sign <= 0 : sign >= 0
}

/** Negative, zero or positive; texts by code point, lists item by item. NaN where a number is none. */
export function order(left: Value, right: Value, budget: Budget, operator = '<'): number {
  const [first, second] = [asNumber(left), asNumber(right)]
  if (first !== undefined && second !== undefined)
    return first < second ? -1 : first > second ? 1 : first == second ? 0 : Number.NaN
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  if (isList(left) && isList(right)) {
    for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
      const [one, other] = [left[index] ?? null, right[index] ?? null]
      budget.spend(2)
      if (!same(one, other, budget)) return order(one, other, budget, operator)
    }
    return left.length - right.length
  }
  return fault(`'${operator}' not supported between instances of '${shortName(left)}' and '${shortName(right)}'`)
}

function shortName(value: Value): string {
  return value === null ? 'NoneType' : typeName(value).replace(' object', '')
}

function calculate(operator: string, left: Value, right: Value, budget: Budget): Value {
  const [first, second] = [asNumber(left), asNumber(right)]
  const compute = arithmetic[operator]
  if (compute === undefined) return fault(`unknown operator ${operator}`)
  if (first !== undefined && second !== undefined) {
    if (typeof first === 'bigint') budget.spend(first > 2n ** 64n ? first.toString(16).length : 0)
    return compute(first, second, budget)
  }
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return budget.text(left + right)
    if (isList(left) && isList(right)) return budget.list([...left, ...right])
  }
  if (operator === '*') return repeat(left, right, budget)
  if (operator === '%' && typeof left === 'string') return budget.text(formatPercent(left, right))
  return unsupported(operator, left, right)
}

function unsupported(operator: string, left: Value, right: Value): never {
  return fault(`unsupported operand type(s) for ${operator}: '${shortName(left)}' and '${shortName(right)}'`)
}

function repeat(left: Value, right: Value, budget: Budget): Value {
  const [body, count] = typeof right === 'bigint' ? [left, right] : [right, left]
  if (typeof count !== 'bigint') return unsupported('*', left, right)
  const times = count < 0n ? 0 : Number(count)
  if (typeof body === 'string') {
    if (body.length * times > maxRepeat) fault('the text is too long')
    return budget.text(body.repeat(times))
  }
  if (!isList(body)) return unsupported('*', left, right)
  if (body.length * times > maxRepeat) fault('the list is too long')
  return budget.list(Array.from({ length: times }, () => body).flat(1))
}

/** `-x` and `+x`. */
export function unary(operator: string, item: Item): Value {
  const value = required(item)
  const number = asNumber(value)
  if (number === undefined) return fault(`bad operand type for unary ${operator}: '${shortName(value)}'`)
  return operator === '-' ? -number : number
}
