import { fromJs, decodeInput } from '../engine/values/codec.ts'
import { getKey, isObject } from '../engine/values/object.ts'
import type { Value } from '../engine/values/value.ts'
import type { Event } from '../schemas/event.ts'
import { eventPath, valueAt, type EventPath } from './event-path.ts'

/** Inputs of the app from an event and the text it was read from. */
export type Mapping = (event: Event, text: string) => Record<string, Value>

/**
 * Each declared input takes its path in `mapping`, else `data.<input>`. What is absent or null is left out, so that the
 * start node’s own rules for missing inputs hold.
 */
export function compileMapping(inputs: readonly string[], mapping: Readonly<Record<string, string>>): Mapping {
  const entries = inputs.map(name => ({ name, path: eventPath(mapping[name] ?? `data.${name}`) }))
  return (event, text) => {
    const result: Record<string, Value> = {}
    let exact: Value | undefined
    for (const { name, path } of entries) {
      const value = valueAt(event, path)
      if (value === undefined || value === null) continue
      if (typeof value === 'string') {
        result[name] = value
        continue
      }
      if (typeof value === 'boolean' || isPlainFloat(value)) {
        result[name] = fromJs(value)
        continue
      }
      // `JSON.parse` cannot tell 1 from 1.0 and rounds long integers: the text is read again, losslessly.
      exact ??= decodeInput(text)
      result[name] = exactAt(exact, path)
    }
    return result
  }
}

function isPlainFloat(value: unknown): boolean {
  return typeof value === 'number' && !Number.isInteger(value)
}

function exactAt(root: Value, path: EventPath): Value {
  let value: Value | undefined = root
  for (const part of path) {
    if (Array.isArray(value)) value = (value as readonly Value[])[Number(part)]
    else value = isObject(value) ? getKey(value, part) : undefined
  }
  return value ?? null
}
