import type { Event } from '../schemas/event.ts'

/** The parts of an event path: `data.surface` → data, surface. */
export type EventPath = readonly string[]

export function eventPath(text: string): EventPath {
  return text.split('.')
}

/** What stands at a path; undefined where nothing does. Only own keys count, and list items go by index. */
export function valueAt(event: Event, path: EventPath): unknown {
  let value: unknown = event
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[part] // own key of an object, seen just above
  }
  return value
}
