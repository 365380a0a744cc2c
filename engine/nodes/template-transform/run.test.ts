import { describe, expect, it } from 'vitest'
import { nodeCall } from '../../../test/support/node-call.ts'
import { templateTransform } from './run.ts'

const run = (template: string) =>
  templateTransform.run(
    nodeCall(
      templateTransform,
      {
        template,
        variables: [
          { variable: 'a', value_selector: ['s', 'a'] },
          { variable: 'gone', value_selector: ['skipped', 'x'] },
        ],
      },
      { variables: { 's.a': 1 } },
    ),
  )

describe('template-transform', () => {
  it('prints None for a variable without a value and nothing for a name nobody declared', () => {
    expect(run('{{ a }}+{{ gone }}+{{ other }}')).toEqual({
      ok: true,
      inputs: { a: 1, gone: null },
      outputs: { output: '1.0+None+' },
    })
  })

  it('fails with the line of the template', () => {
    expect(run('\n{{ a.b.c }}')).toEqual({
      ok: false,
      inputs: { a: 1, gone: null },
      error: "template line 2: 'float object' has no attribute 'b'",
      errorType: 'CodeExecutionError',
    })
  })
})
