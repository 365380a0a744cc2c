import { Ajv, type ValidateFunction } from 'ajv'
import { messageOf } from '../../error.ts'
import { toJs } from '../../values/codec.ts'
import type { Value } from '../../values/value.ts'
import type { InputVariable } from './definition.ts'

const compiled = new WeakMap<InputVariable, ValidateFunction | string>()

/** Why a value does not satisfy the JSON Schema (draft 7) of its field; undefined when it does. */
export function schemaProblem(variable: InputVariable, value: Value): string | undefined {
  const validate = validatorOf(variable)
  if (typeof validate === 'string') return `JSON schema of '${variable.variable}' is invalid: ${validate}`
  if (validate(toJs(value)) === true) return undefined
  const problem = validate.errors?.[0]
  const place = problem === undefined ? '' : `${problem.instancePath} ${problem.message ?? ''}`.trim()
  return `JSON object for '${variable.variable}' does not match schema: ${place}`
}

function validatorOf(variable: InputVariable): ValidateFunction | string {
  const known = compiled.get(variable)
  if (known !== undefined) return known
  const validate = compileSchema(variable.json_schema)
  compiled.set(variable, validate)
  return validate
}

function compileSchema(schema: unknown): ValidateFunction | string {
  try {
    const parsed: unknown = typeof schema === 'string' ? JSON.parse(schema) : schema
    if (typeof parsed !== 'object' || parsed === null) return 'not an object'
    return new Ajv({ strict: false, validateFormats: false, logger: false }).compile(parsed)
  } catch (error) {
    return messageOf(error)
  }
}
