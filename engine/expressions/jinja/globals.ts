import { isObject, setKey, type MutableObject } from '../../values/object.ts'
import { argument, integerArgument } from './arguments.ts'
import { fault } from './fault.ts'
import { Callable, Namespace, toValue, type Arguments, type Budget, type Item } from './runtime.ts'

const maxRange = 100_000

/** Functions that every template has. */
export function globalsOf(budget: Budget): ReadonlyMap<string, Item> {
  const functions: Readonly<Record<string, (args: Arguments) => Item>> = {
    range: args => range(args, budget),
    dict: args => dict(args),
    namespace: args => namespace(args),
    joiner: args => joiner(args),
    cycler: args => cycler(args),
    lipsum: () => fault('lipsum is not available'),
  }
  return new Map(Object.entries(functions).map(([name, call]) => [name, new Callable(name, call)]))
}

function range(args: Arguments, budget: Budget): Item {
  const [from, to] =
    args.list.length > 1
      ? [integerArgument(args, 0, 'start', 0), integerArgument(args, 1, 'stop', 0)]
      : [0, integerArgument(args, 0, 'stop', 0)]
  const step = integerArgument(args, 2, 'step', 1)
  if (step === 0) return fault('range() arg 3 must not be zero')
  const length = Math.max(0, Math.ceil((to - from) / step))
  if (length > maxRange) return fault(`Range too big. The sandbox blocks ranges larger than MAX_RANGE (${maxRange}).`)
  budget.spend(length)
  return Array.from({ length }, (_, index) => BigInt(from + index * step))
}

function namespace(args: Arguments): Namespace {
  const fields = new Map([...entriesOf(args), ...args.named])
  return new Namespace('namespace', () => fields, true)
}

function entriesOf(args: Arguments): [string, Item][] {
  const first = args.list[0]
  const value = first === undefined ? {} : toValue(first)
  return isObject(value) ? Object.entries(value) : []
}

function dict(args: Arguments): Item {
  const result: MutableObject = {}
  for (const [name, item] of [...entriesOf(args), ...args.named]) setKey(result, name, toValue(item))
  return result
}

/** Nothing the first time, then a separator. */
function joiner(args: Arguments): Item {
  const separator = argument(args, 0, 'sep', ', ')
  let used = false
  return new Callable('joiner', () => {
    const text = used ? separator : ''
    used = true
    return text
  })
}

function cycler(args: Arguments): Item {
  const items = args.list
  let at = 0
  const fields = new Map<string, Item>()
  const show = (): void => void fields.set('current', items[at % items.length] ?? null)
  show()
  fields.set(
    'next',
    new Callable('next', () => {
      const item = items[at % items.length] ?? null
      at += 1
      show()
      return item
    }),
  )
  fields.set(
    'reset',
    new Callable('reset', () => {
      at = 0
      show()
      return null
    }),
  )
  return new Namespace('cycler', () => fields, false)
}

/** `loop` inside a `for`: where it is and what stands beside. */
export function loopOf(items: readonly Item[], depth: number): { at(index: number): Namespace } {
  let last: readonly Item[] | undefined
  const cycle = new Callable('cycle', ({ list }) => list[index % Math.max(1, list.length)] ?? null)
  const changed = new Callable('changed', ({ list }) => {
    const same =
      last !== undefined && last.length === list.length && list.every((item, place) => item === last?.[place])
    last = list
    return !same
  })
  let index = 0
  return {
    at(place) {
      index = place
      return new Namespace(
        'loop',
        () => new Map([...placeOf(items, place, depth), ['cycle', cycle], ['changed', changed]]),
        false,
      )
    },
  }
}

function placeOf(items: readonly Item[], place: number, depth: number): Map<string, Item> {
  const { length } = items
  const fields = new Map<string, Item>([
    ['index', BigInt(place + 1)],
    ['index0', BigInt(place)],
    ['revindex', BigInt(length - place)],
    ['revindex0', BigInt(length - place - 1)],
    ['first', place === 0],
    ['last', place === length - 1],
    ['length', BigInt(length)],
    ['depth', BigInt(depth)],
    ['depth0', BigInt(depth - 1)],
  ])
  const [before, after] = [items[place - 1], items[place + 1]]
  if (before !== undefined) fields.set('previtem', before)
  if (after !== undefined) fields.set('nextitem', after)
  return fields
}
