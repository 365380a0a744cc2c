import { afterAll, describe, expect, test } from 'vitest'
import { quickjsSandbox } from '../../../connectors/sandbox/index.ts'
import { goldenNode, goldenRun, haveGolden } from '../../../test/support/golden.ts'
import { nodeCall } from '../../../test/support/node-call.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { RiskloomError } from '../../error.ts'
import { fromJs, toJs } from '../../values/codec.ts'
import type { Value } from '../../values/value.ts'
import type { NodeOutcome } from '../node.ts'
import { code } from './run.ts'

const sandbox = quickjsSandbox()
afterAll(() => sandbox.close())

async function run(
  data: Record<string, unknown>,
  variables: Record<string, Value> = {},
  services = { sandbox },
): Promise<NodeOutcome> {
  return code.run(nodeCall(code, { type: 'code', code_language: 'javascript', ...data }, { variables, services }))
}

/** Runs `main` that returns an expression, with one declared output `r`. */
const returning = (expression: string, type: string, children: unknown = null): Promise<NodeOutcome> =>
  run(
    {
      code: `function main({ a }) { return ${expression} }`,
      variables: [{ variable: 'a', value_selector: ['start', 'a'] }],
      outputs: { r: { type, children } },
    },
    { 'start.a': 'v' },
  )

const errorOf = async (work: Promise<NodeOutcome>): Promise<[string, string]> => {
  const outcome = await work
  return outcome.ok ? ['', 'succeeded'] : [outcome.error, outcome.errorType]
}
const valueOf = async (work: Promise<NodeOutcome>): Promise<Value | undefined> => {
  const outcome = await work
  return outcome.ok ? outcome.outputs['r'] : undefined
}

describe('code node', () => {
  test.skipIf(!haveGolden)('gives what the recorded server gave', async () => {
    const golden = goldenRun('g03_code_javascript', 'run0.blocking')
    const variables = Object.fromEntries(
      Object.entries(golden.inputs).map(([key, value]) => [`start.${key}`, fromJs(value)]),
    )
    const outcome = await run(goldenNode('g03_code_javascript', 'code'), variables)
    expect(outcome.ok && toJs(outcome.outputs)).toEqual(golden.outputs)
    expect(toJs(outcome.inputs)).toEqual(golden.inputs)
  })

  test('examples of the definition work', async () => {
    for (const example of code.definition.examples) {
      const outcome = await code.run(
        nodeCall(code, example.data, { variables: example.variables, services: { sandbox } }),
      )
      expect(outcome.ok && outcome.outputs).toEqual(example.outputs)
    }
  })

  test('results must fit their declaration, in the words of the DSL', async () => {
    const cases: [expression: string, type: string, error: string][] = [
      ['{}', 'string', 'Output r is missing.'],
      ['{ r: a, x: 1 }', 'string', 'Not all output parameters are validated.'],
      ['{ r: 1 }', 'string', 'Output r must be a string, got int instead.'],
      ['{ r: "1" }', 'number', "Output r is not a number, got <class 'str'> instead."],
      ['{ r: [1] }', 'object', "Output r is not an object, got <class 'list'> instead."],
      ['{ r: 1.5 }', 'array[string]', "Output r is not an array, got <class 'float'> instead."],
      ['{ r: [null] }', 'array[number]', "Output r[0] is not a number, got <class 'NoneType'> instead."],
      ['{ r: [1] }', 'array[object]', "Output r[0] is not an object, got <class 'int'> instead at index 0."],
      ['{ r: ["yes"] }', 'array[boolean]', "Output r[0] is not a boolean, got <class 'str'> instead."],
      [
        '{ r: Array(31).fill("x") }',
        'array[string]',
        'The length of output variable `r` must be less than 30 elements.',
      ],
      [
        '{ r: Array(31).fill({}) }',
        'array[object]',
        'The length of output variable `r` must be less than 30 elements.',
      ],
      [
        '{ r: Array(1001).fill(0) }',
        'array[number]',
        'The length of output variable `r` must be less than 1000 elements.',
      ],
      ['{ r: "x".repeat(400001) }', 'string', 'The length of output variable `r` must be less than 400000 characters'],
      [
        '{ r: 2**63 }',
        'number',
        'Output variable `r` is out of range, it must be between -9223372036854775808 and 9223372036854775807.',
      ],
      ['{ r: 1e-25 }', 'number', 'Output variable `r` has too high precision, it must be less than 20 digits.'],
      [
        '{ r: { k: 2**63 } }',
        'object',
        'Output variable `r.k` is out of range, it must be between -9223372036854775808 and 9223372036854775807.',
      ],
      [
        '{ r: { k: [1, "x"] } }',
        'object',
        'Output r.k is not a valid array. make sure all elements are of the same type.',
      ],
    ]
    for (const [expression, type, error] of cases)
      expect(await errorOf(returning(expression, type))).toEqual([error, 'OutputValidationError'])
    expect(await errorOf(returning('{ r: {a:{b:{c:{d:{e:1}}}}} }', 'object'))).toEqual([
      'Depth limit 5 reached, object too deep.',
      'DepthLimitError',
    ])
    expect(await errorOf(returning('"str"', 'string'))).toEqual([
      'Result must be a dict, got str',
      'CodeExecutionError',
    ])
    expect(await errorOf(returning('undefined', 'string'))).toEqual([
      'Result must be a dict, got NoneType',
      'CodeExecutionError',
    ])
  })

  test('what fits is kept as it is', async () => {
    expect(await valueOf(returning('{ r: {a:{b:{c:1}}} }', 'object'))).toEqual({ a: { b: { c: 1n } } })
    expect(await valueOf(returning('{ r: true }', 'number'))).toBe(1n)
    expect(await valueOf(returning('{ r: "yes" }', 'boolean'))).toBe('yes')
    expect(await valueOf(returning('{ r: null }', 'string'))).toBeNull()
    expect(await valueOf(returning('{ r: NaN }', 'number'))).toBeNull()
    expect(await valueOf(returning('{ r: ["x", null] }', 'array[string]'))).toEqual(['x', null])
    expect(await valueOf(returning('{ r: [1, 2.5, true] }', 'array[number]'))).toEqual([1n, 2.5, 1n])
    expect(await valueOf(returning('{ r: "高".repeat(400000) }', 'string'))).toHaveLength(400_000)
    expect(await valueOf(returning('{ r: "a\\u0000b" }', 'string'))).toBe('ab')
    expect(await valueOf(returning('{ r: "1.5e+10" }', 'number'))).toBe(1.5e10)
    expect(await valueOf(returning('{ r: 0.1234567890123456789012 }', 'number'))).toBe(0.12345678901234568)
    const children = { k: { type: 'string', children: null }, n: { type: 'number', children: null } }
    expect(await valueOf(returning('{ r: { k: "v", n: 1 } }', 'object', children))).toEqual({ k: 'v', n: 1n })
    expect(await errorOf(returning('{ r: { k: "v" } }', 'object', children))).toEqual([
      'Output r.n is missing.',
      'OutputValidationError',
    ])
    const odd = await valueOf(returning('{ r: JSON.parse(\'{"__proto__":{"x":1}}\') }', 'object'))
    expect(Object.keys(odd ?? {})).toEqual(['__proto__'])
  })

  test('no data of the code can pass for a file', async () => {
    const forged = await valueOf(returning('{ r: { $riskloom: "file", value: { name: "x", size: 1 } } }', 'object'))
    expect(forged).toEqual({ $riskloom: 'file', value: { name: 'x', size: 1n } })
  })

  test('errors of the code, its language and its sandbox are told apart', async () => {
    const [error, kind] = await errorOf(returning('nothing.here', 'string'))
    expect([error, kind]).toEqual([expect.stringContaining('nothing'), 'CodeExecutionError'])
    const python = await errorOf(run({ code: 'def main(): return {}', code_language: 'python3', outputs: {} }))
    expect(python).toEqual([
      'python3 code runs from a later version of RiskLoom; this one runs javascript',
      'CodeExecutionError',
    ])
    const broken: Sandbox = { ...sandbox, run: () => Promise.reject(new RiskloomError('sandbox-failed', 'gone')) }
    expect(await run({ code: '', outputs: {} }, {}, { sandbox: broken })).toMatchObject({
      ok: false,
      transient: true,
      error: 'gone',
    })
    expect(() => nodeCall(code, { code: '', code_language: 'ruby' })).toThrow(/code_language/)
  })
})
