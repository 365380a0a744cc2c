import { describe, expect, it } from 'vitest'
import { Event } from '../schemas/event.ts'
import type { FilterCondition } from '../schemas/pipeline.ts'
import { compileFilter } from './filter.ts'

const event = Event.parse({
  specversion: '1.0',
  id: 'a',
  source: 's',
  type: 'report',
  data: { text: 'buy now', surface: 'post', images: ['one', 'two'], score: 0, attributes: { language: null } },
})

function passes(condition: FilterCondition): boolean {
  return compileFilter([condition])(event) === undefined
}

describe('compileFilter', () => {
  it.each<[FilterCondition, boolean]>([
    [{ path: 'data.surface', operator: 'equals', value: 'post' }, true],
    [{ path: 'data.surface', operator: 'equals', value: 'comment' }, false],
    [{ path: 'data.score', operator: 'equals', value: 0 }, true],
    [{ path: 'data.score', operator: 'equals', value: '0' }, false],
    [{ path: 'data.surface', operator: 'not-equals', value: 'comment' }, true],
    [{ path: 'data.nothing', operator: 'not-equals', value: 'x' }, true],
    [{ path: 'data.text', operator: 'contains', value: 'now' }, true],
    [{ path: 'data.images', operator: 'contains', value: 'two' }, true],
    [{ path: 'data.images', operator: 'contains', value: 'tw' }, false],
    [{ path: 'data.images.0', operator: 'equals', value: 'one' }, true],
    [{ path: 'data.surface', operator: 'in', value: ['post', 'live'] }, true],
    [{ path: 'data.surface', operator: 'in', value: ['live'] }, false],
    [{ path: 'type', operator: 'equals', value: 'report' }, true],
    [{ path: 'data.attributes.language', operator: 'exists' }, false],
    [{ path: 'data.attributes.language', operator: 'not-exists' }, true],
    [{ path: 'data.text.length', operator: 'exists' }, false],
    [{ path: 'data.constructor', operator: 'exists' }, false],
  ])('%j: %s', (condition, expected) => {
    expect(passes(condition)).toBe(expected)
  })

  it('names the condition that did not hold', () => {
    const filter = compileFilter([
      { path: 'type', operator: 'equals', value: 'report' },
      { path: 'data.surface', operator: 'in', value: ['live'] },
    ])
    expect(filter(event)).toEqual({
      kind: 'drop',
      code: 'filter',
      message: 'not: data.surface in ["live"]',
      duplicateOf: '',
    })
  })
})
