import { expect, it } from 'vitest'
import { nodeCall } from '../../../test/support/node-call.ts'
import { end } from './run.ts'

it('puts out null for what does not exist', () => {
  const outputs = [
    { variable: 'a', value_selector: ['s', 'a'] },
    { variable: 'gone', value_selector: ['x', 'y'] },
    { variable: '__proto__', value_selector: ['s', 'a'] },
  ]
  const outcome = end.run(nodeCall(end, { outputs }, { variables: { 's.a': 1n } }))
  expect(outcome).toMatchObject({ ok: true, outputs: { a: 1n, gone: null } })
  expect('outputs' in outcome && Object.keys(outcome.outputs ?? {})).toEqual(['a', 'gone', '__proto__'])
})
