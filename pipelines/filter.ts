import type { Event } from '../schemas/event.ts'
import type { FilterCondition } from '../schemas/pipeline.ts'
import { eventPath, valueAt } from './event-path.ts'
import type { Drop } from './outcome.ts'

/** Drops an event that a condition does not let through; undefined when it passes. */
export type Filter = (event: Event) => Drop | undefined

/** All conditions must hold. */
export function compileFilter(conditions: readonly FilterCondition[]): Filter {
  const tests = conditions.map(compile)
  return event => {
    for (const test of tests) if (!test.holds(event)) return test.drop
    return undefined
  }
}

function compile(condition: FilterCondition): { holds: (event: Event) => boolean; drop: Drop } {
  const path = eventPath(condition.path)
  const holds = (event: Event): boolean => compare(valueAt(event, path), condition)
  const expected = condition.value === undefined ? '' : ` ${JSON.stringify(condition.value)}`
  return {
    holds,
    drop: {
      kind: 'drop',
      code: 'filter',
      message: `not: ${condition.path} ${condition.operator}${expected}`,
      duplicateOf: '',
    },
  }
}

function compare(value: unknown, condition: FilterCondition): boolean {
  switch (condition.operator) {
    case 'equals':
      return value === condition.value
    case 'not-equals':
      return value !== condition.value
    case 'contains':
      return contains(value, condition.value)
    case 'in':
      return Array.isArray(condition.value) && typeof value === 'string' && condition.value.includes(value)
    case 'exists':
      return value !== undefined && value !== null
    case 'not-exists':
      return value === undefined || value === null
  }
}

/** A text contains a piece of text, a list contains an item. */
function contains(value: unknown, wanted: FilterCondition['value']): boolean {
  if (typeof value === 'string') return typeof wanted === 'string' && value.includes(wanted)
  return Array.isArray(value) && value.includes(wanted)
}
