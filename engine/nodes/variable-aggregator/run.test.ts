import { describe, expect, it } from 'vitest'
import { nodeCall } from '../../../test/support/node-call.ts'
import { legacyVariableAggregator, variableAggregator } from './run.ts'

const variables = { 'b.output': 'B', 'c.output': 'C', 'n.x': null }

describe('variable-aggregator', () => {
  it.each([
    [
      [
        ['a', 'output'],
        ['b', 'output'],
        ['c', 'output'],
      ],
      { output: 'B' },
    ],
    [
      [
        ['a', 'output'],
        ['n', 'x'],
        ['b', 'output'],
      ],
      { output: null },
    ],
    [[['a', 'output']], {}],
    [[], {}],
  ])('takes the first that exists: %j', (selectors, outputs) => {
    const outcome = variableAggregator.run(nodeCall(variableAggregator, { variables: selectors }, { variables }))
    expect(outcome).toMatchObject({ ok: true, outputs })
    expect(outcome).toEqual(
      legacyVariableAggregator.run(nodeCall(legacyVariableAggregator, { variables: selectors }, { variables })),
    )
  })

  it('leaves groups out that have nothing', () => {
    const groups = [
      {
        group_name: 'one',
        variables: [
          ['a', 'output'],
          ['c', 'output'],
        ],
      },
      { group_name: 'two', variables: [['a', 'output']] },
    ]
    const data = { variables: [], advanced_settings: { group_enabled: true, groups } }
    expect(variableAggregator.run(nodeCall(variableAggregator, data, { variables }))).toMatchObject({
      ok: true,
      outputs: { one: { output: 'C' } },
    })
  })
})
