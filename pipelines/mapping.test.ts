import { expect, it } from 'vitest'
import type { Event } from '../schemas/event.ts'
import { compileMapping } from './mapping.ts'

function mapped(inputs: string[], mapping: Record<string, string>, data: string): unknown {
  const text = `{"id":"a","source":"s","type":"custom","data":${data}}`
  return compileMapping(inputs, mapping)(JSON.parse(text) as Event, text)
}

it('takes the path of the mapping, else the field of the same name', () => {
  expect(mapped(['text', 'kind'], { kind: 'type' }, '{"text":"hello"}')).toEqual({ text: 'hello', kind: 'custom' })
})

it('leaves out what is absent or null', () => {
  expect(mapped(['text', 'note', 'other'], {}, '{"text":null,"other":""}')).toEqual({ other: '' })
})

it('keeps 1 and 1.0 apart and long integers whole', () => {
  const data = '{"one":1,"float":1.0,"half":0.5,"long":9007199254740993,"flag":false,"list":[1,2.0],"object":{"n":3}}'
  expect(
    mapped(['one', 'float', 'half', 'long', 'flag', 'list', 'object', 'second'], { second: 'data.list.1' }, data),
  ).toEqual({
    one: 1n,
    float: 1,
    half: 0.5,
    long: 9007199254740993n,
    flag: false,
    list: [1n, 2],
    object: { n: 3n },
    second: 2,
  })
})
