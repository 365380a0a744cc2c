import { describe, expect, it } from 'vitest'
import { floatText } from './number-text.ts'
import { logOf, markdownOf, pythonRepr, textOf } from './text.ts'
import { documentType, typeOf } from './type-of.ts'
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

describe('texts of values', () => {
  const rows: readonly [Value, string, string][] = [
    ['a b', 'a b', 'a b'],
    [null, '', ''],
    [1n, '1', '1'],
    [1, '1.0', '1.0'],
    [true, 'True', 'True'],
    [{ k: '中', n: 1 }, '{"k":"中","n":1.0}', '{\n  "k": "中",\n  "n": 1.0\n}'],
    [['a', 'b"c'], '["a", "b\\"c"]', '- a\n- b"c'],
    [[1n, 2.5], '[1, 2.5]', '- 1\n- 2.5'],
    [[{ a: 1n }], "[{'a': 1}]", "- {'a': 1}"],
    [[], '', ''],
    [{}, '{}', '{}'],
    [file, '', '![a.png](https://example.org/a.png)'],
    [[file], '', '![a.png](https://example.org/a.png)'],
  ]
  it.each(rows)('%#: %o', (value, text, markdown) => {
    expect(textOf(value)).toBe(text)
    expect(markdownOf(value)).toBe(markdown)
  })

  it('masks secrets in logs', () => {
    expect(logOf({ key: 'sk-1234567890' }, ['sk-1234567890'])).toBe('{\n  "key": "sk-123************90"\n}')
    expect(logOf('pw and pw', ['pw', ''])).toBe(`${'*'.repeat(20)} and ${'*'.repeat(20)}`)
  })

  it.each([
    ["it's", `"it's"`],
    [`a"b'c`, `'a"b\\'c'`],
    ['tab\tnl\n\\', String.raw`'tab\tnl\n\\'`],
    ['\u00a0\u200b\u{1F600}', String.raw`'\xa0\u200b😀'`],
    ['\u{E0001}', String.raw`'\U000e0001'`],
  ])('writes %j as Python does', (text, repr) => expect(pythonRepr(text)).toBe(repr))

  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [1.5e300, '1.5e+300'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.25e-7, '1.25e-07'],
    [Number.NaN, 'nan'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('writes the float %d as %s', (value, text) => expect(floatText(value)).toBe(text))
})

describe('types of values', () => {
  const rows: readonly [Value, string, string][] = [
    [null, 'none', 'none'],
    ['', 'string', 'string'],
    [1n, 'integer', 'number'],
    [1, 'float', 'number'],
    [false, 'boolean', 'boolean'],
    [{}, 'object', 'object'],
    [file, 'file', 'file'],
    [[], 'array[any]', 'array[any]'],
    [['a'], 'array[string]', 'array[string]'],
    [[1n, 1.5], 'array[number]', 'array[number]'],
    [[{}], 'array[object]', 'array[object]'],
    [[file], 'array[file]', 'array[file]'],
    [[true], 'array[boolean]', 'array[boolean]'],
    [['a', 1n], 'array[any]', 'array[any]'],
    [[['a']], 'array[any]', 'array[any]'],
    [[null], 'array[any]', 'array[any]'],
  ]
  it.each(rows)('%#: %o', (value, type, document) => {
    expect(typeOf(value)).toBe(type)
    expect(documentType(value)).toBe(document)
  })
})
