import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { decodeJson, fromJs } from '../values/codec.ts'
import type { Value } from '../values/value.ts'
import { comparisonOperators, holds } from './condition.ts'

function outcome(actual: Value, operator: string, expected: Value): boolean | string {
  try {
    return holds(actual, operator, expected)
  } catch (error) {
    return error instanceof Error ? error.message : 'not an error'
  }
}

describe('conditions', () => {
  const table: readonly [Value, string, Value, boolean | string][] = [
    ['foobar', 'contains', 'foo', true],
    ['', 'contains', '', false],
    [5n, 'contains', '5', 'Invalid actual value type: string or array'],
    [['a', 'b'], 'contains', 'a', true],
    [['a', 'b'], 'not contains', 'a', false],
    ['foobar', 'start with', 'foo', true],
    ['foobar', 'end with', 'foo', false],
    [{ k: 1n }, 'start with', 'k', 'Invalid actual value type: string'],
    ['x', 'is', 'x', true],
    [null, 'is not', 'x', false],
    [0n, 'is', '0', 'Invalid actual value type: string or boolean'],
    [true, 'is', 'true', true],
    [true, 'is', '"x"', `unexpected value: type=<class 'str'>, value="x"`],
    [0n, 'empty', null, true],
    [false, 'not empty', null, false],
    [5n, '=', '5', true],
    [5n, '=', '2.5', "invalid literal for int() with base 10: '2.5'"],
    [2.5, '=', '2.50', true],
    [true, '=', '5', true],
    [null, '≠', '5', false],
    [9007199254740993n, '>', '9007199254740992', true],
    [5n, '≥', '5.0', true],
    [1n, '<', 'abc', "Cannot convert 'abc' to number"],
    ['x', '<', '1', 'Invalid actual value type: number'],
    ['x', 'in', ['x', 'y'], true],
    ['x', 'in', 'x', 'Invalid expected value type: array'],
    ['', 'not in', ['x'], true],
    [['a', 'b'], 'all of', ['a'], true],
    [[true, false], 'contains', 'true', true],
    [null, 'null', null, true],
    ['', 'exists', null, true],
    ['x', 'resembles', 'x', 'Unsupported operator: resembles'],
    ['x', 'constructor', 'x', 'Unsupported operator: constructor'],
  ]
  it.each(table)('%s %s %s', (actual, operator, expected, result) => {
    expect(outcome(actual, operator, expected)).toBe(result)
  })

  it('has an operator for each name of the DSL', () => expect(comparisonOperators).toHaveLength(21))
})

interface Cell {
  op: string
  expected: string | string[] | null
  value: string
  status: string
  result: boolean | null
  error: string | null
}

const matrix = fileURLToPath(new URL('../../../shared/golden/dify/ifelse_matrix.json', import.meta.url))

describe.skipIf(!existsSync(matrix))('the measured matrix of conditions', () => {
  it('agrees in every cell', () => {
    // A recording of known shape.
    const cells = JSON.parse(readFileSync(matrix, 'utf8')) as Cell[]
    const words: Record<string, string> = { None: 'null', True: 'true', False: 'false' }
    const differences = cells.flatMap(cell => {
      const got = outcome(decodeJson(words[cell.value] ?? cell.value), cell.op, fromJs(cell.expected))
      const want = cell.status === 'succeeded' ? cell.result : cell.error
      return got === want
        ? []
        : [`${cell.value} ${cell.op} ${String(cell.expected)}: ${String(got)}, wanted ${String(want)}`]
    })
    expect(cells).toHaveLength(546)
    expect(differences).toEqual([])
  })
})
