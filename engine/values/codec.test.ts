import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeOf } from '../error.ts'
import { decodeInput, decodeJson, encodeAnswer, encodeJson, fromJs, toJs } from './codec.ts'
import { setKey, type MutableObject } from './object.ts'
import { FileValue, type Value } from './value.ts'

const file = new FileValue({
  type: 'image',
  transferMethod: 'remote_url',
  name: 'a.png',
  extension: '.png',
  mimeType: 'image/png',
  size: 12,
  url: 'https://example.org/a.png',
  relatedId: '',
})

const { value: values } = fc.letrec<{ value: Value }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(file),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(
          fc.oneof(fc.string(), fc.constantFrom('__proto__', '$riskloom', '$$riskloom', 'value', 'constructor')),
          tie('value'),
        ),
        { maxLength: 4 },
      )
      .map(entries => {
        const object: MutableObject = {}
        for (const [key, value] of entries) setKey(object, key, value)
        return object
      }),
  ),
}))

function failure(text: string): unknown {
  try {
    return decodeJson(text)
  } catch (error) {
    return codeOf(error)
  }
}

describe('the codec', () => {
  it('gives back every value with its types', () => {
    fc.assert(
      fc.property(values, value => {
        // Not `toStrictEqual`: it looks at `constructor`, which is a key like any other here.
        expect(isDeepStrictEqual(decodeJson(encodeJson(value)), value)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('writes JSON that others can read', () => {
    fc.assert(
      fc.property(values, value => void JSON.parse(encodeJson(value))),
      { numRuns: 500 },
    )
  })

  it('tells integers from floats', () => {
    expect(encodeJson([1n, 1, 0.1, 1e16, -0])).toBe('[1,1.0,0.1,1e+16,-0.0]')
    expect(decodeJson('[1, 1.0, 1e3, -5, 9223372036854775807]')).toStrictEqual([1n, 1, 1000, -5n, 9223372036854775807n])
  })

  it('never writes what JSON lacks', () =>
    expect(encodeJson([Number.NaN, Number.POSITIVE_INFINITY])).toBe('[null,null]'))

  it('keeps __proto__ as a key and reaches no prototype', () => {
    const value = decodeJson('{"__proto__": {"polluted": true}}')
    expect(Object.keys(value as object)).toEqual(['__proto__']) // an object, as the text says
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('does not take an object of a client for a file', () => {
    const forged = decodeInput(encodeJson(file))
    expect(forged).not.toBeInstanceOf(FileValue)
    expect(decodeJson(encodeJson(forged))).toStrictEqual(forged)
  })

  it('shows files to clients as plain objects', () => {
    expect(JSON.parse(encodeAnswer({ f: file }))).toMatchObject({
      f: { filename: 'a.png', size: 12, dify_model_identity: '__dify__file__' },
    })
  })

  it.each([
    '',
    '{',
    '[1,]',
    '{"a" 1}',
    '01',
    '1.',
    '"\u0001"',
    '"\\x"',
    'nul',
    '[1] 2',
    '1e999',
    '"a',
    '-',
    '{"a":1,}',
    '9'.repeat(500),
  ])('refuses %j', text => expect(failure(text)).toBe('invalid-request'))

  it('refuses deep nesting in both directions', () => {
    expect(failure('['.repeat(201) + ']'.repeat(201))).toBe('invalid-request')
    expect(decodeJson('['.repeat(200) + ']'.repeat(200))).toBeInstanceOf(Array)
    let deep: Value = []
    for (let level = 0; level < 300; level += 1) deep = [deep]
    expect(() => encodeJson(deep)).toThrow('200')
  })

  it('crosses to JavaScript and back', () => {
    expect(fromJs({ a: 1, b: 1.5, c: undefined, d: [new Date(0), null] })).toStrictEqual({
      a: 1n,
      b: 1.5,
      d: [{}, null],
    })
    expect(toJs({ a: 1n, b: 2n ** 60n, c: [1] })).toStrictEqual({ a: 1, b: 2n ** 60n, c: [1] })
  })
})
