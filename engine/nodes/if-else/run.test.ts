import { describe, expect, it } from 'vitest'
import { nodeCall } from '../../../test/support/node-call.ts'
import { FileValue, type Value } from '../../values/value.ts'
import { ifElse } from './run.ts'

const condition = (name: string, operator: string, value?: unknown) => ({
  variable_selector: ['s', name],
  comparison_operator: operator,
  value,
})

function run(data: Record<string, unknown>, variables: Record<string, Value>): unknown {
  return ifElse.run(nodeCall(ifElse, data, { variables }))
}

const picture = new FileValue({
  type: 'image',
  transferMethod: 'local_file',
  name: 'a.png',
  extension: '.png',
  mimeType: 'image/png',
  size: 10,
  url: '',
  relatedId: '1',
})

describe('if-else', () => {
  const cases = [
    { case_id: 'one', logical_operator: 'and', conditions: [condition('a', 'is', 'x'), condition('n', '>', '1')] },
    {
      case_id: 'two',
      logical_operator: 'or',
      conditions: [condition('a', 'is', 'y'), condition('n', '<', '{{#s.limit#}}')],
    },
  ]

  it('takes the first case that holds', () => {
    expect(run({ cases }, { 's.a': 'x', 's.n': 2n })).toMatchObject({
      ok: true,
      handle: 'one',
      outputs: { result: true, selected_case_id: 'one' },
    })
    expect(run({ cases }, { 's.a': 'z', 's.n': 2n, 's.limit': 3n })).toMatchObject({ handle: 'two' })
    expect(run({ cases }, { 's.a': 'z', 's.n': 5n, 's.limit': 3n })).toMatchObject({
      handle: 'false',
      outputs: { result: false },
    })
  })

  it('stops at the condition that decides', () => {
    // `s.n` does not exist: the second condition of the first case would fail.
    expect(run({ cases: [cases[0]] }, { 's.a': 'z' })).toMatchObject({ ok: true, handle: 'false' })
    expect(run({ cases: [cases[1]] }, { 's.a': 'y' })).toMatchObject({ ok: true, handle: 'two' })
  })

  it('fails for a variable that does not exist', () => {
    expect(run({ cases }, {})).toEqual({
      ok: false,
      inputs: { conditions: [] },
      processData: { condition_results: [] },
      error: "Variable ['s', 'a'] not found",
      errorType: 'ValueError',
    })
  })

  it('reads the older form', () => {
    const data = { logical_operator: 'or', conditions: [condition('a', 'is', 'x'), condition('a', 'is', 'y')] }
    expect(run(data, { 's.a': 'y' })).toMatchObject({
      handle: 'true',
      processData: { condition_results: [{ group: 'default', results: [false, true], final_result: true }] },
    })
  })

  it('compares numbers that the document writes as numbers', () => {
    expect(run({ cases: [{ case_id: 'c', conditions: [condition('n', '=', 5)] }] }, { 's.n': 5n })).toMatchObject({
      handle: 'c',
    })
  })

  it.each([
    [{ key: 'extension', comparison_operator: 'is', value: 'png' }, 'c'],
    [{ key: 'extension', comparison_operator: 'in', value: ['.jpg', 'png'] }, 'c'],
    [{ key: 'size', comparison_operator: '>', value: '10' }, 'false'],
    [{ key: 'type', comparison_operator: 'not in', value: ['image'] }, 'false'],
    [{ key: 'name', comparison_operator: 'not contains', value: 'b' }, 'c'],
  ])('asks for attributes of files: %o', (sub, handle) => {
    const files = {
      ...condition('f', 'contains'),
      sub_variable_condition: { logical_operator: 'and', conditions: [sub] },
    }
    expect(run({ cases: [{ case_id: 'c', conditions: [files] }] }, { 's.f': [picture] })).toMatchObject({ handle })
  })
})
