import { describe, expect, it } from 'vitest'
import { nodeCall } from '../../../test/support/node-call.ts'
import type { Value } from '../../values/value.ts'
import { start } from './run.ts'

const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }

function run(jsonSchema: unknown, value: Value): unknown {
  const data = { variables: [{ variable: 'j', type: 'json_object', json_schema: jsonSchema }] }
  return start.run(nodeCall(start, data, { variables: { 'node.j': value } }))
}

describe('start', () => {
  it.each([[schema], [JSON.stringify(schema)]])('holds an object against its JSON schema', jsonSchema => {
    expect(run(jsonSchema, { n: 1n })).toMatchObject({ ok: true, outputs: { j: { n: 1n } } })
    expect(run(jsonSchema, { n: 'x' })).toMatchObject({
      ok: false,
      error: "JSON object for 'j' does not match schema: /n must be integer",
    })
    expect(run(jsonSchema, null)).toMatchObject({ ok: true })
  })

  it('says when the schema itself is wrong', () => {
    expect(run('{', {})).toMatchObject({ ok: false, error: expect.stringContaining("JSON schema of 'j' is invalid") })
  })
})
