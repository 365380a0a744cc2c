import { isList, isObject } from '../values/object.ts'
import type { ObjectValue, Value } from '../values/value.ts'

/** Limits of what an event shows of a node's data. The run itself keeps everything. */
const maximum = { characters: 100_000, items: 1_000, total: 1_000 * 1_024 }

const mark = '...'

/** The same value where it is small; otherwise texts, lists and in the end whole entries are cut. */
export function truncated(value: ObjectValue): { readonly value: ObjectValue; readonly cut: boolean } {
  const budget = { left: maximum.total, cut: false }
  const shown = Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, shorten(entry, budget)]))
  return budget.cut ? { value: shown, cut: true } : { value, cut: false }
}

interface Budget {
  left: number
  cut: boolean
}

function shorten(value: Value, budget: Budget): Value {
  if (budget.left <= 0) return dropped(budget)
  if (typeof value === 'string') return shortenText(value, budget)
  if (isList(value)) {
    if (value.length > maximum.items) budget.cut = true
    return value.slice(0, maximum.items).map(item => shorten(item, budget))
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => {
        budget.left -= name.length
        return [name, shorten(entry, budget)]
      }),
    )
  }
  budget.left -= 8
  return value
}

function shortenText(text: string, budget: Budget): Value {
  const room = Math.min(maximum.characters, budget.left)
  budget.left -= Math.min(text.length, room)
  if (text.length <= room) return text
  budget.cut = true
  return text.slice(0, room) + mark
}

function dropped(budget: Budget): Value {
  budget.cut = true
  return mark
}
