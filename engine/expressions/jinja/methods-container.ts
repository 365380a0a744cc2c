import { getKey, isObject, setKey, type MutableObject } from '../../values/object.ts'
import { pythonText } from '../../values/text.ts'
import type { ObjectValue, Value } from '../../values/value.ts'
import { argument, flagArgument, integerArgument } from './arguments.ts'
import { fault } from './fault.ts'
import { order, same } from './operators.ts'
import { iterate, toValue, type Arguments, type Budget, type Item } from './runtime.ts'

export type Method = (object: Value, args: Arguments, budget: Budget) => Item

/** Methods that change their object: a template that uses one works on a copy of its variables (`render`). */
export const changingMethods = [
  'append',
  'extend',
  'insert',
  'pop',
  'remove',
  'clear',
  'reverse',
  'sort',
  'update',
  'setdefault',
]

type ListMethod = (list: Value[], args: Arguments, budget: Budget) => Value

/** Python’s methods give None where they only change their object. */
function changing(change: (list: Value[], args: Arguments, budget: Budget) => unknown): ListMethod {
  return (list, args, budget) => {
    change(list, args, budget)
    return null
  }
}

const lists: Readonly<Record<string, ListMethod>> = {
  append: changing((list, args) => list.push(argument(args, 0, 'object', null))),
  extend: changing((list, args, budget) => {
    for (const item of iterate(argument(args, 0, 'iterable', null), budget)) list.push(item)
  }),
  insert: changing((list, args) =>
    list.splice(integerArgument(args, 0, 'index', 0), 0, argument(args, 1, 'object', null)),
  ),
  pop: (list, args) => {
    const at = integerArgument(args, 0, 'index', -1)
    const [item] = list.splice(at, 1)
    return item === undefined ? fault('pop index out of range') : item
  },
  remove: changing((list, args, budget) => {
    const at = list.findIndex(equalTo(args, budget))
    return at < 0 ? fault('list.remove(x): x not in list') : list.splice(at, 1)
  }),
  clear: changing(list => list.splice(0)),
  reverse: changing(list => list.reverse()),
  sort: (list, args, budget) => {
    budget.spend(list.length * Math.ceil(Math.log2(list.length + 2)))
    list.sort((first, second) => order(first, second, budget))
    if (flagArgument(args, -1, 'reverse', false)) list.reverse()
    return null
  },
  copy: (list, _, budget) => budget.list([...list]),
  index: (list, args, budget) => {
    const at = list.findIndex(equalTo(args, budget))
    return at < 0 ? fault('the value is not in the list') : BigInt(at)
  },
  count: (list, args, budget) => BigInt(list.filter(equalTo(args, budget)).length),
}

/** Whether an item is the one that was asked for. */
function equalTo(args: Arguments, budget: Budget): (item: Value) => boolean {
  const wanted = argument(args, 0, 'value', null)
  return item => same(item, wanted, budget)
}

type DictMethod = (object: MutableObject, args: Arguments, budget: Budget) => Item

const dicts: Readonly<Record<string, DictMethod>> = {
  items: (object, _, budget) => budget.list(Object.entries(object)),
  keys: (object, _, budget) => budget.list(Object.keys(object)),
  values: (object, _, budget) => budget.list(Object.values(object)),
  get: (object, args) => {
    const value = getKey(object, key(args))
    return value === undefined ? argument(args, 1, 'default', null) : value
  },
  copy: object => ({ ...object }),
  update: (object, args) => {
    const other = argument(args, 0, 'other', {})
    if (isObject(other)) for (const [name, value] of Object.entries(other)) setKey(object, name, value)
    for (const [name, item] of args.named) setKey(object, name, toValue(item))
    return null
  },
  setdefault: (object, args) => {
    const name = key(args)
    if (!Object.hasOwn(object, name)) setKey(object, name, argument(args, 1, 'default', null))
    return object[name] ?? null
  },
  pop: (object, args) => {
    const name = key(args)
    const own = getKey(object, name)
    const value = own === undefined ? args.list[1] : own
    delete object[name]
    return value === undefined ? fault(`KeyError: '${name}'`) : value
  },
  clear: object => {
    for (const name of Object.keys(object)) delete object[name]
    return null
  },
}

function key(args: Arguments): string {
  return pythonText(argument(args, 0, 'key', null))
}

/** The methods of Python’s `list`. Its items may be changed: see `changingMethods`. */
export const listMethods: Readonly<Record<string, Method>> = Object.fromEntries(
  Object.entries(lists).map(([name, method]): [string, Method] => [
    name,
    (list, args, budget) => {
      budget.spend(4 + (list as Value[]).length / 16)
      return method(list as Value[], args, budget) // only looked up for lists
    },
  ]),
)

/** The methods of Python’s `dict`. */
export const dictMethods: Readonly<Record<string, Method>> = Object.fromEntries(
  Object.entries(dicts).map(([name, method]): [string, Method] => [
    name,
    (object, args, budget) => {
      budget.spend(4 + Object.keys(object as ObjectValue).length / 16)
      return method(object as MutableObject, args, budget) // only looked up for objects
    },
  ]),
)
