import { getKey, isObject } from '../../values/object.ts'
import { pythonText } from '../../values/text.ts'
import type { Value } from '../../values/value.ts'
import { isEqual } from '../python.ts'
import { argument, flagArgument, integerArgument, textArgument } from './arguments.ts'
import { fault } from './fault.ts'
import type { Filter, FilterContext } from './filter.ts'
import { attribute, subscript } from './members.ts'
import { binary, order, same } from './operators.ts'
import { Seen } from './seen.ts'
import { iterate, textOfItem, toValue, truthOf, Undefined, type Arguments, type Item } from './runtime.ts'

type ListFilter = (list: readonly Value[], args: Arguments, context: FilterContext) => Item

const lists: Readonly<Record<string, ListFilter>> = {
  join: (list, args, context) => {
    const name = argument(args, 1, 'attribute', null)
    const separator = textArgument(args, 0, 'd', '')
    return context.budget.text(
      list.map(item => textOfItem(name === null ? item : path(item, name, context))).join(separator),
    )
  },
  first: list => list[0] ?? absent(list, 'first'),
  last: list => list.at(-1) ?? absent(list, 'last'),
  list: list => [...list],
  sort: (list, args, context) => {
    const sorted = sortBy(
      list,
      argument(args, 2, 'attribute', null),
      flagArgument(args, 1, 'case_sensitive', false),
      context,
    )
    return flagArgument(args, 0, 'reverse', false) ? reverseStable(sorted) : sorted
  },
  unique: (list, args, context) => {
    const name = argument(args, 1, 'attribute', null)
    const seen = new Seen(context.budget)
    return list.filter(item => {
      const key = fold(
        name === null ? item : toValue(path(item, name, context)),
        flagArgument(args, 0, 'case_sensitive', false),
      )
      return seen.add(key)
    })
  },
  sum: (list, args, context) => {
    const name = argument(args, 0, 'attribute', null)
    const add = (total: Item, item: Value): Item =>
      binary('+', total, name === null ? item : path(item, name, context), context.budget)
    return list.reduce<Item>(add, argument(args, 1, 'start', 0n))
  },
  min: (list, args, context) => extreme(list, args, context, -1),
  max: (list, args, context) => extreme(list, args, context, 1),
  batch: (list, args) => {
    const size = Math.max(1, integerArgument(args, 0, 'linecount', 1))
    const filler = argument(args, 1, 'fill_with', null)
    const rows: Value[][] = []
    for (let at = 0; at < list.length; at += size) rows.push(list.slice(at, at + size))
    const last = rows.at(-1)
    if (last !== undefined && filler !== null && size <= 10_000) while (last.length < size) last.push(filler)
    return rows
  },
  slice: (list, args) =>
    columns(list, Math.max(1, integerArgument(args, 0, 'slices', 1)), argument(args, 1, 'fill_with', null)),
  map: (list, args, context) => {
    const name = args.named.get('attribute')
    if (name !== undefined) {
      const absentValue = args.named.get('default')
      return list.map(item => {
        const found = path(item, toValue(name), context)
        return toValue(found instanceof Undefined && absentValue !== undefined ? absentValue : found)
      })
    }
    const filter = textArgument(args, 0, 'filter', '')
    const rest: Arguments = { list: args.list.slice(1), named: args.named }
    return list.map(item => toValue(context.filter(filter, item, rest)))
  },
  select: (list, args, context) => list.filter(item => chosen(item, args, context)),
  reject: (list, args, context) => list.filter(item => !chosen(item, args, context)),
  selectattr: (list, args, context) =>
    list.filter(item => chosen(path(item, argument(args, 0, 'attribute', ''), context), tail(args), context)),
  rejectattr: (list, args, context) =>
    list.filter(item => !chosen(path(item, argument(args, 0, 'attribute', ''), context), tail(args), context)),
  groupby: (list, args, context) => {
    const name = argument(args, 0, 'attribute', '')
    const groups: { key: Value; items: Value[] }[] = []
    for (const item of sortBy(list, name, false, context)) {
      const key = toValue(path(item, name, context))
      const last = groups.at(-1)
      if (last !== undefined && same(fold(last.key, false), fold(key, false), context.budget)) last.items.push(item)
      else groups.push({ key, items: [item] })
    }
    return groups.map(({ key, items }): Value => [key, items])
  },
}

function absent(list: readonly Value[], which: string): Item {
  return list.length > 0 ? null : new Undefined(`No ${which} item, sequence was empty.`)
}

function tail(args: Arguments): Arguments {
  return { list: args.list.slice(1), named: args.named }
}

/** By a test when one is named, by truth otherwise. */
function chosen(item: Item, args: Arguments, context: FilterContext): boolean {
  const test = args.list[0]
  return test === undefined ? truthOf(item) : context.test(textOfItem(test), item, tail(args))
}

/** `a.b.0`: an attribute of an attribute. */
function path(item: Item, name: Value, { budget }: FilterContext): Item {
  if (typeof name === 'bigint') return subscript(item, name, budget)
  let found = item
  for (const part of pythonText(name).split('.')) {
    if (found instanceof Undefined) return found
    found = /^\d+$/.test(part) ? subscript(found, BigInt(part), budget) : keyOrAttribute(found, part, budget)
  }
  return found
}

function keyOrAttribute(item: Item, name: string, budget: FilterContext['budget']): Item {
  const key = item !== null && isObject(item as Value) ? getKey(item as Record<string, Value>, name) : undefined // just checked
  return key === undefined ? attribute(item, name, budget) : key
}

function fold(value: Value, caseSensitive: boolean): Value {
  return typeof value === 'string' && !caseSensitive ? value.toLowerCase() : value
}

function sortBy(list: readonly Value[], name: Value, caseSensitive: boolean, context: FilterContext): Value[] {
  const names = name === null ? [] : typeof name === 'string' ? name.split(',') : [name]
  const keyed = list.map(item => ({
    item,
    keys:
      name === null
        ? [fold(item, caseSensitive)]
        : names.map(part => fold(toValue(path(item, part, context)), caseSensitive)),
  }))
  keyed.sort((first, second) => order(first.keys, second.keys, context.budget))
  return keyed.map(({ item }) => item)
}

/** Python's reversed sort keeps the order of equal items, which a plain reversal would turn. */
function reverseStable(sorted: readonly Value[]): Value[] {
  const groups: Value[][] = []
  for (const item of sorted) {
    const last = groups.at(-1)
    if (last?.[0] !== undefined && isEqual(last[0], item)) last.push(item)
    else groups.push([item])
  }
  return groups.reverse().flat(1)
}

function extreme(list: readonly Value[], args: Arguments, context: FilterContext, direction: 1 | -1): Item {
  const name = argument(args, 1, 'attribute', null)
  const caseSensitive = flagArgument(args, 0, 'case_sensitive', false)
  const keyOf = (item: Value): Value => fold(name === null ? item : toValue(path(item, name, context)), caseSensitive)
  let best: Value | undefined
  for (const item of list)
    if (best === undefined || order(keyOf(item), keyOf(best), context.budget) * direction > 0) best = item
  return best === undefined ? new Undefined('No aggregated item, sequence was empty.') : best
}

function columns(list: readonly Value[], count: number, filler: Value): Value[][] {
  if (count > 10_000) return fault('too many slices')
  const [size, extra] = [Math.floor(list.length / count), list.length % count]
  let at = 0
  return Array.from({ length: count }, (_, index) => {
    const column = list.slice(at, at + size + (index < extra ? 1 : 0))
    at += column.length
    if (filler !== null && extra > 0 && index >= extra) column.push(filler)
    return column
  })
}

/** Filters on lists (and whatever can be iterated). */
export const listFilters: Readonly<Record<string, Filter>> = {
  ...Object.fromEntries(
    Object.entries(lists).map(([name, filter]): [string, Filter] => [
      name,
      (item, args, context) => {
        const list = iterate(item, context.budget)
        context.budget.spend(1 + list.length)
        return filter(list, args, context)
      },
    ]),
  ),
  reverse: (item, _, { budget }) => {
    const reversed = [...iterate(item, budget)].reverse()
    return typeof item === 'string' ? reversed.map(pythonText).join('') : budget.list(reversed)
  },
  items: (item, _, { budget }) => {
    if (item instanceof Undefined) return []
    const value = toValue(item)
    return isObject(value) ? budget.list(Object.entries(value)) : fault('Can only get item pairs from a mapping.')
  },
  dictsort: (item, args, context) => {
    const value = toValue(item)
    if (!isObject(value)) return fault('dictsort: a mapping is required')
    const by = textArgument(args, 1, 'by', 'key') === 'value' ? 1n : 0n
    const sorted = sortBy(Object.entries(value), by, flagArgument(args, 0, 'case_sensitive', false), context)
    return flagArgument(args, 2, 'reverse', false) ? sorted.reverse() : sorted
  },
  random: () => fault('random is not available: a run must be repeatable'),
}
