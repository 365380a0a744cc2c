import { describe, expect, it } from 'vitest'
import { nodeCall } from '../../test/support/node-call.ts'
import { nodeTypes } from './index.ts'

describe.each(nodeTypes.map(type => [type.definition.type, type] as const))('examples of %s', (_, type) => {
  const { definition } = type

  it('has some', () => expect(definition.examples.length).toBeGreaterThan(0))

  it.each(definition.examples.map((example, index) => [index, example] as const))(
    'example %i is valid',
    (__, example) => {
      const data = definition.schema.parse(example.data)
      expect(example.data['type']).toBe(definition.type)
      if (example.outputs !== undefined) {
        expect(Object.keys(definition.outputs(data))).toEqual(expect.arrayContaining(Object.keys(example.outputs)))
      }
      for (const selector of definition.reads(data)) expect(selector.length).toBeGreaterThanOrEqual(2)
    },
  )

  const computed =
    definition.effect === 'pure' ? definition.examples.filter(example => example.outputs !== undefined) : []
  it.each(computed.map((example, index) => [index, example] as const))(
    'example %i gives what it says',
    (__, example) => {
      const outcome = type.run(nodeCall(type, example.data, { nodeId: 'example', variables: example.variables }))
      expect(outcome).toMatchObject({ ok: true, outputs: example.outputs })
    },
  )
})

it('no two node types share a name', () => {
  expect(new Set(nodeTypes.map(type => type.definition.type)).size).toBe(nodeTypes.length)
})
