import { compileSchema } from '../../json-schema.ts'
import { toJs } from '../../values/codec.ts'
import type { Value } from '../../values/value.ts'
import type { InputVariable } from './definition.ts'

/** Why a value does not satisfy the JSON Schema (draft 7) of its field; undefined when it does. */
export function schemaProblem(variable: InputVariable, value: Value): string | undefined {
  const compiled = compileSchema(variable.json_schema, 'first')
  if (!compiled.ok) return `JSON schema of '${variable.variable}' is invalid: ${compiled.problem}`
  const [problem] = compiled.check(toJs(value))
  if (problem === undefined) return undefined
  return `JSON object for '${variable.variable}' does not match schema: ${`${problem.path} ${problem.message}`.trim()}`
}
