import { isList, isObject } from '../../values/object.ts'
import type { Value } from '../../values/value.ts'
import { asNumber } from '../python.ts'
import { fault } from './fault.ts'
import { filters } from './filters.ts'
import { binary, equals } from './operators.ts'
import {
  Callable,
  isValue,
  required,
  textOfItem,
  truthOf,
  Undefined,
  type Arguments,
  type Budget,
  type Item,
} from './runtime.ts'

type Test = (item: Item, args: Arguments, budget: Budget) => boolean

function operator(sign: string): Test {
  return (item, args, budget) => truthOf(binary(sign, item, args.list[0] ?? null, budget))
}

function isNumber(item: Item): boolean {
  return typeof item === 'bigint' || typeof item === 'number' || typeof item === 'boolean'
}

function remainder(item: Item, by: bigint): bigint {
  const number = asNumber(required(item))
  if (number === undefined) return fault('a number is required')
  if (by === 0n) return fault('integer modulo by zero')
  return typeof number === 'bigint'
    ? ((number % by) + by) % by
    : BigInt(Number.isInteger(number) && BigInt(number) % by === 0n ? 0 : -1)
}

/** The tests of a template (`x is …`), by name. */
export const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['defined', item => !(item instanceof Undefined)],
  ['undefined', item => item instanceof Undefined],
  ['none', item => item === null],
  ['boolean', item => typeof item === 'boolean'],
  ['true', item => item === true],
  ['false', item => item === false],
  ['integer', item => typeof item === 'bigint'],
  ['float', item => typeof item === 'number'],
  ['number', isNumber],
  ['string', item => typeof item === 'string'],
  ['mapping', item => isValue(item) && isObject(item)],
  ['sequence', item => typeof item === 'string' || (isValue(item) && (isList(item) || isObject(item)))],
  [
    'iterable',
    item =>
      item instanceof Undefined || typeof item === 'string' || (isValue(item) && (isList(item) || isObject(item))),
  ],
  ['callable', item => item instanceof Callable],
  ['odd', item => remainder(item, 2n) === 1n],
  ['even', item => remainder(item, 2n) === 0n],
  ['divisibleby', (item, args) => remainder(item, integer(args.list[0] ?? null)) === 0n],
  ['lower', (item, _, budget) => isCased(item, budget, text => text.toLowerCase())],
  ['upper', (item, _, budget) => isCased(item, budget, text => text.toUpperCase())],
  ['escaped', () => false],
  ['sameas', (item, args) => item === (args.list[0] ?? null)],
  ['filter', item => filters.has(textOfItem(item))],
  ['test', item => tests.has(textOfItem(item))],
  ['eq', (item, args, budget) => equals(item, args.list[0] ?? null, budget)],
  ['equalto', (item, args, budget) => equals(item, args.list[0] ?? null, budget)],
  ['==', (item, args, budget) => equals(item, args.list[0] ?? null, budget)],
  ['ne', (item, args, budget) => !equals(item, args.list[0] ?? null, budget)],
  ['!=', (item, args, budget) => !equals(item, args.list[0] ?? null, budget)],
  ['lt', operator('<')],
  ['lessthan', operator('<')],
  ['<', operator('<')],
  ['le', operator('<=')],
  ['<=', operator('<=')],
  ['gt', operator('>')],
  ['greaterthan', operator('>')],
  ['>', operator('>')],
  ['ge', operator('>=')],
  ['>=', operator('>=')],
  ['in', operator('in')],
])

function integer(item: Item): bigint {
  const value: Value = required(item)
  return typeof value === 'bigint' ? value : fault('an integer is required')
}

/** Whether a text has letters with a case and all of them have this one. */
function isCased(item: Item, budget: Budget, convert: (text: string) => string): boolean {
  const text = budget.text(textOfItem(item))
  return text === convert(text) && text.toLowerCase() !== text.toUpperCase()
}
