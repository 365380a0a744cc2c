import { describe, expect, test } from 'vitest'
import { droppedOf } from './json-schema-dropped.ts'
import { compileSchema, maxSchemaDepth, maxSchemaLength } from './json-schema.ts'

function problems(schema: unknown, value: unknown): string[] {
  const compiled = compileSchema(schema, 'first')
  return compiled.ok
    ? compiled.check(value).map(({ path, message }) => `${path} ${message}`.trim())
    : [`invalid: ${compiled.problem}`]
}

function millisecondsOf(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}

describe('a schema of a user', () => {
  test('runs no pattern, wherever it stands', () => {
    const evil = '^(a+)+$'
    const name = `${'a'.repeat(40)}!`
    const schemas = [
      { properties: { x: { type: 'string', pattern: evil } } },
      { patternProperties: { [evil]: { type: 'null' } } },
      { patternProperties: { [evil]: {} }, additionalProperties: false },
      { propertyNames: { pattern: evil } },
      { enum: [{ x: name, [name]: 1 }, { pattern: evil }], properties: { x: { $ref: '#/enum/1' } } },
    ]
    const spent = millisecondsOf(() => {
      for (const schema of schemas) expect(problems(schema, { x: name, [name]: 1 })).toEqual([])
    })
    expect(spent).toBeLessThan(1_000)
  })

  test('compares no items with one another', () => {
    const items = Array.from({ length: 20_000 }, () => ({ a: { b: 1 }, c: [1, 2] }))
    const distinct = items.map((item, index) => ({ ...item, c: [index] }))
    expect(problems({ type: 'array', uniqueItems: true }, items)).toEqual([])
    const spent = millisecondsOf(() => expect(problems({ type: 'array', uniqueItems: true }, distinct)).toEqual([]))
    expect(spent).toBeLessThan(500)
  })

  test('follows no endless references', () => {
    const twice = (name: string): object => ({
      allOf: [{ $ref: `#/definitions/${name}` }, { $ref: `#/definitions/${name}` }],
    })
    const definitions = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`d${index}`, twice(`d${index + 1}`)]),
    )
    const doubling = { ...twice('d0'), definitions: { ...definitions, d40: { type: 'object' } } }
    expect(problems(doubling, {})).toEqual(['cannot be checked: more than 100000 references to follow'])
    expect(problems({ allOf: [{ $ref: '#' }] }, {})).toEqual([expect.stringContaining('cannot be checked')])
    const list = { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false }
    expect(problems(list, { next: { next: {} } })).toEqual([])
    expect(problems(list, { next: { next: 1 } })).toEqual(['/next/next must be object'])
  })

  test('holds properties that are named like keywords', () => {
    const properties = { pattern: { type: 'string' }, uniqueItems: { type: 'integer' }, format: { enum: ['a'] } }
    const schema = { type: 'object', properties, required: ['pattern'], additionalProperties: false }
    expect(problems(schema, { pattern: 'x', uniqueItems: 1, format: 'a' })).toEqual([])
    expect(problems(schema, { pattern: 1 })).toEqual(['/pattern must be string'])
    expect(problems(schema, {})).toEqual(["must have required property 'pattern'"])
    expect(problems(schema, { pattern: 'x', format: 'b' })).toEqual([
      '/format must be equal to one of the allowed values',
    ])
    expect(problems(schema, { pattern: 'x', more: 1 })).toEqual(['must NOT have additional properties'])
    expect(droppedOf(schema)).toEqual([])
  })

  test('may hold integers as documents do', () => {
    expect(problems({ type: 'string', minLength: 2n }, 'a')).toEqual(['must NOT have fewer than 2 characters'])
  })

  test('names the keywords that are not held', () => {
    const schema = {
      properties: { a: { pattern: 'x', format: 'email' }, b: { items: [{ pattern: 'y' }] } },
      allOf: [{ definitions: { d: { uniqueItems: true } } }],
      default: { patternProperties: {} },
    }
    expect(droppedOf(schema)).toEqual(['pattern', 'uniqueItems', 'format'])
    expect(droppedOf(JSON.stringify(schema))).toEqual(['pattern', 'uniqueItems', 'format'])
    expect(droppedOf({ not: { patternProperties: {} } })).toEqual(['patternProperties'])
    expect(droppedOf('{')).toEqual([])
  })

  test('is refused with a reason when it is none', () => {
    let deep: object = {}
    for (let depth = 0; depth < maxSchemaDepth; depth += 1) deep = { not: deep }
    const cyclic: Record<string, unknown> = {}
    cyclic['not'] = cyclic
    expect(problems(deep, 1)).toEqual([`invalid: more than ${maxSchemaDepth} levels deep`])
    expect(problems(cyclic, 1)).toEqual([`invalid: more than ${maxSchemaDepth} levels deep`])
    const long = { title: 'x'.repeat(maxSchemaLength) }
    expect(problems(long, 1)).toEqual([`invalid: longer than ${maxSchemaLength} characters`])
    expect(problems(JSON.stringify(long), 1)).toEqual([`invalid: longer than ${maxSchemaLength} characters`])
    expect(problems({ enum: Array.from({ length: maxSchemaLength + 1 }, () => 1) }, 1)).toHaveLength(1)
    for (const none of [null, 7, true, [], '[]', '1']) expect(problems(none, 1)).toEqual(['invalid: not an object'])
    expect(problems('{', 1)).toEqual([expect.stringContaining('invalid: ')])
    expect(problems({ type: 'nonsense' }, 1)).toEqual([expect.stringContaining('invalid: schema is invalid')])
    expect(problems({ $ref: '#/definitions/x' }, 1)).toEqual([expect.stringContaining("can't resolve reference")])
    expect(problems({ $async: true, type: 'null' }, 1)).toEqual(['invalid: $async is not supported'])
  })

  test('is compiled once, as object or as text', () => {
    const schema = { type: 'object', title: 'once' }
    expect(compileSchema(schema, 'first')).toBe(compileSchema(schema, 'first'))
    expect(compileSchema(JSON.stringify(schema), 'first')).toBe(compileSchema({ ...schema }, 'first'))
    expect(compileSchema(schema, 'all')).not.toBe(compileSchema(schema, 'first'))
  })
})
