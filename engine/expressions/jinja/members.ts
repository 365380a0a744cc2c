import { codePoints } from '../../values/code-points.ts'
import { fileObject, getKey, isList, isObject } from '../../values/object.ts'
import { pythonText } from '../../values/text.ts'
import type { Value } from '../../values/value.ts'
import { fault } from './fault.ts'
import { dictMethods, listMethods, type Method } from './methods-container.ts'
import { textMethods } from './methods-text.ts'
import { Callable, isFile, isValue, Namespace, typeName, Undefined, type Budget, type Item } from './runtime.ts'

/** `object.name`: a method first, then a key. JavaScript's own properties are never reached. */
export function attribute(object: Item, name: string, budget: Budget): Item {
  if (object instanceof Undefined) return fault(object.reason)
  if (object instanceof Namespace) {
    const field = object.fields.get(name)
    return field === undefined ? missing(object, name) : field
  }
  if (!isValue(object)) return missing(object, name)
  const method = methodOf(object, name)
  if (method !== undefined) return new Callable(name, args => method(object, args, budget))
  const keyed = isFile(object) ? fileObject(object) : object
  const value = isObject(keyed) ? getKey(keyed, name) : undefined
  return value === undefined ? missing(object, name) : value
}

function methodOf(object: Value, name: string): Method | undefined {
  const methods =
    typeof object === 'string' ? textMethods : isList(object) ? listMethods : isObject(object) ? dictMethods : undefined
  return methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined
}

function missing(object: Item, name: string): Item {
  return new Undefined(`'${typeName(object)}' has no attribute '${name}'`)
}

/** `object[key]`: an item by place or key; a text key that is no item falls back to the attribute. */
export function subscript(object: Item, key: Item, budget: Budget): Item {
  if (object instanceof Undefined) return fault(object.reason)
  if ((typeof object === 'string' || isList(object as Value)) && typeof key === 'bigint') {
    const items = typeof object === 'string' ? codePoints(object) : (object as readonly Value[]) // just checked
    budget.spend(typeof object === 'string' ? object.length / 16 : 0)
    const item = items[Number(key < 0n ? key + BigInt(items.length) : key)]
    return item === undefined ? new Undefined(`${typeName(object)} has no element ${key}`) : item
  }
  if (isValue(object) && isObject(object) && key !== null && isValue(key)) {
    const name = pythonText(key)
    if (Object.hasOwn(object, name)) return object[name] ?? null
  }
  return typeof key === 'string'
    ? attribute(object, key, budget)
    : new Undefined(`${typeName(object)} has no such element`)
}

/** `object[start:stop:step]` as in Python. */
export function slice(object: Item, start: Value, stop: Value, step: Value, budget: Budget): Value {
  if (object instanceof Undefined) return fault(object.reason)
  if (typeof object !== 'string' && !isList(object as Value)) return fault(`'${typeName(object)}' cannot be sliced`)
  const items: readonly Value[] = typeof object === 'string' ? codePoints(object) : (object as readonly Value[]) // just checked
  budget.spend(items.length / 8)
  const stride = step === null ? 1 : place(step)
  if (stride === 0) return fault('slice step cannot be zero')
  const [low, high] = stride > 0 ? [0, items.length] : [-1, items.length - 1]
  const bound = (value: Value, absent: number): number => {
    if (value === null) return absent
    const at = place(value)
    return Math.min(high, Math.max(low, at < 0 ? at + items.length : at))
  }
  const from = bound(start, stride > 0 ? low : high)
  const to = bound(stop, stride > 0 ? high : low)
  const taken: Value[] = []
  for (let at = from; stride > 0 ? at < to : at > to; at += stride) taken.push(items[at] ?? null)
  budget.list(taken)
  return typeof object === 'string' ? taken.map(pythonText).join('') : taken
}

function place(value: Value): number {
  return typeof value === 'bigint' ? Number(value) : fault('slice indices must be integers or None')
}
