import { describe, expect, it } from 'vitest'
import type { Value } from '../../values/value.ts'
import { FileValue } from '../../values/value.ts'
import { InputVariable } from './definition.ts'
import { validateInputs } from './validate-inputs.ts'

/** The value an input gets, or the text of what is wrong. */
function check(field: Record<string, unknown>, value?: Value): unknown {
  const result = validateInputs(
    [InputVariable.parse({ variable: 'x', label: 'x', ...field })],
    value === undefined ? {} : { x: value },
  )
  return result.ok ? result.inputs['x'] : result.error
}

const address = { type: 'image', transfer_method: 'remote_url', url: 'https://example.org/p/a.png?size=1' }

describe('inputs of a run', () => {
  const rows: readonly [Record<string, unknown>, Value | undefined, unknown][] = [
    [{ type: 'text-input', required: true }, undefined, 'x is required in input form'],
    [{ type: 'text-input', required: true }, null, 'x is required in input form'],
    [{ type: 'text-input', required: true }, '', ''],
    [{ type: 'text-input' }, undefined, null],
    [{ type: 'text-input', default: 'd' }, null, 'd'],
    [{ type: 'text-input' }, 5n, "(type 'text-input') x in input form must be a string"],
    [{ type: 'paragraph' }, [], "(type 'paragraph') x in input form must be a string"],
    [{ type: 'text-input', max_length: 3 }, 'abcd', 'x in input form must be less than 3 characters'],
    [{ type: 'text-input', max_length: 3 }, '😀😀😀', '😀😀😀'],
    [{ type: 'text-input' }, 'a\0b', 'ab'],
    [{ type: 'select', options: ['a', "b'"] }, 'c', `x in input form must be one of the following: ['a', "b'"]`],
    [{ type: 'select', options: ['a'] }, 1n, "(type 'select') x in input form must be a string"],
    [{ type: 'select', options: ['a'], default: '' }, undefined, null],
    [{ type: 'number' }, 5n, 5n],
    [{ type: 'number' }, 1.5, 1.5],
    [{ type: 'number' }, true, true],
    [{ type: 'number' }, '12.50', 12.5],
    [{ type: 'number' }, '5', 5n],
    [{ type: 'number' }, ' ', null],
    [{ type: 'number' }, 'abc', 'x in input form must be a valid number'],
    [{ type: 'number' }, [], 'x in input form must be a valid number'],
    [{ type: 'number', default: '7' }, undefined, 7n],
    [{ type: 'checkbox' }, 'true', true],
    [{ type: 'checkbox' }, 'No', false],
    [{ type: 'checkbox' }, 0n, false],
    [{ type: 'json_object' }, '{"a":1}', 'x in input form must be a dict'],
    [{ type: 'json_object' }, { a: 'b\0' }, { a: 'b' }],
    [{ type: 'file' }, 'a', 'x in input form must be a file'],
    [{ type: 'file' }, { type: 'image', transfer_method: 'remote_url' }, 'x in input form must be a file'],
    [{ type: 'file-list' }, address, 'x in input form must be a list of files'],
    [{ type: 'file-list', max_length: 1 }, [address, address], 'x in input form must be less than 1 files'],
    [{ type: 'external_data_tool' }, 'as it is', 'as it is'],
  ]
  it.each(rows)('%#: %o', (field, value, expected) => expect(check(field, value)).toStrictEqual(expected))

  it('reads a file by its address', () => {
    const file = check({ type: 'file' }, address)
    expect(file).toBeInstanceOf(FileValue)
    expect(file).toMatchObject({ name: 'a.png', extension: '.png', type: 'image' })
  })

  it('names the first field that does not fit and drops what nobody asked for', () => {
    const fields = [InputVariable.parse({ variable: 'a' }), InputVariable.parse({ variable: 'b', required: true })]
    expect(validateInputs(fields, { a: 1n })).toMatchObject({ ok: false, field: 'a' })
    expect(validateInputs(fields, { b: 'x', c: 'y' })).toStrictEqual({ ok: true, inputs: { a: null, b: 'x' } })
  })

  it('may be run on its own result', () => {
    const fields = [
      InputVariable.parse({ variable: 'n', type: 'number' }),
      InputVariable.parse({ variable: 'f', type: 'file' }),
    ]
    const first = validateInputs(fields, { n: '12.50', f: address })
    expect(first.ok && validateInputs(fields, first.inputs)).toStrictEqual(first)
  })
})
