import { codePoints } from '../../values/code-points.ts'
import { FileValue, type Value } from '../../values/value.ts'
import { isList, isObject } from '../../values/object.ts'
import { pythonText } from '../../values/text.ts'
import { isTruthy } from '../python.ts'
import { fault } from './fault.ts'

/** What an expression may give: a value, or something that only lives inside a template. */
export type Item = Value | Undefined | Callable | Namespace

/** A name or attribute that does not exist. Prints empty; looking into it fails with `reason`. */
export class Undefined {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

export interface Arguments {
  readonly list: readonly Item[]
  readonly named: ReadonlyMap<string, Item>
}

/** A macro, a method bound to its object, or a global function. */
export class Callable {
  readonly name: string
  readonly call: (args: Arguments) => Item
  constructor(name: string, call: (args: Arguments) => Item) {
    this.name = name
    this.call = call
  }
}

/** `namespace()` and `loop`: fields by name, which `set` may write on the former. */
export class Namespace {
  readonly kind: string
  readonly writable: boolean
  private made: Map<string, Item> | undefined
  private readonly make: () => Map<string, Item>

  /** @param make called when a field is first asked for: most rounds of a loop never look at `loop` */
  constructor(kind: string, make: () => Map<string, Item>, writable: boolean) {
    this.kind = kind
    this.make = make
    this.writable = writable
  }

  get fields(): Map<string, Item> {
    this.made ??= this.make()
    return this.made
  }
}

/** Steps of one rendering. A step takes 0.1 to 0.3 µs, so that it ends after some 150 ms, as it holds its thread up. */
export const maxSteps = 600_000

/** Bounds the work of one rendering, and with it the memory: a few dozen megabytes. */
export class Budget {
  private left = maxSteps

  spend(steps: number): void {
    this.left -= steps
    if (this.left < 0) fault(`the template computes too long: more than ${maxSteps} steps`)
  }

  /** Everything inside a value, for what looks at all of it. */
  walk(value: Value): void {
    if (typeof value === 'string') this.spend(value.length / 64)
    else if (isList(value)) {
      this.spend(value.length / 2)
      for (const item of value) this.walk(item)
    } else if (isObject(value)) {
      const items = Object.values(value)
      this.spend(items.length)
      for (const item of items) this.walk(item)
    }
  }

  /** A text that was made. */
  text(made: string): string {
    this.spend(1 + made.length / 16)
    return made
  }

  /** A list that was made. */
  list<T>(made: T[]): T[] {
    this.spend(1 + made.length)
    return made
  }
}

export function isValue(item: Item): item is Value {
  return !(item instanceof Undefined || item instanceof Callable || item instanceof Namespace)
}

/** The item as a value, for containers and filters; undefined items become None. */
export function toValue(item: Item): Value {
  if (isValue(item)) return item
  if (item instanceof Undefined) return null
  return fault(`a ${item instanceof Callable ? 'function' : item.kind} is not a value`)
}

export function truthOf(item: Item): boolean {
  if (item instanceof Undefined) return false
  return isValue(item) ? isTruthy(item) : true
}

/** What printing shows. */
export function textOfItem(item: Item): string {
  if (typeof item === 'string') return item
  if (item instanceof Undefined) return ''
  if (isValue(item)) return pythonText(item)
  return item instanceof Callable ? `<function ${item.name}>` : `<${item.kind}>`
}

/** Python’s name of a type, for messages. */
export function typeName(item: Item): string {
  if (item === null) return 'None'
  if (typeof item === 'string') return 'str object'
  if (typeof item === 'bigint') return 'int object'
  if (typeof item === 'number') return 'float object'
  if (typeof item === 'boolean') return 'bool object'
  if (!isValue(item)) return 'object'
  return isList(item) ? 'list object' : 'dict object'
}

/** The items of something that can be iterated: characters of a text, keys of an object. */
export function iterate(item: Item, budget: Budget): readonly Value[] {
  if (item instanceof Undefined) return []
  if (isList(item as Value)) return item as readonly Value[] // just checked
  if (typeof item === 'string') return budget.list(codePoints(item))
  if (isValue(item) && isObject(item)) return budget.list(Object.keys(item))
  return fault(`'${typeName(item).replace(' object', '')}' object is not iterable`)
}

/** Fails for what does not exist, as every use but printing, testing and iterating does. */
export function required(item: Item): Value {
  if (item instanceof Undefined) return fault(item.reason)
  return toValue(item)
}

export function isFile(item: Item): item is FileValue {
  return item instanceof FileValue
}
