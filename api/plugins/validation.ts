import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FastifyInstance } from 'fastify'
import { RiskloomError } from '../../engine/error.ts'

const options = {
  useDefaults: true,
  allErrors: false,
  strict: false,
  removeAdditional: false,
  validateFormats: false,
} as const

/** Bodies are taken as they are; query strings and paths are text, so numbers in them are read. */
export function validation(app: FastifyInstance): void {
  const body = new Ajv({ ...options, verbose: true })
  const text = new Ajv({ ...options, verbose: true, coerceTypes: 'array' })
  app.setValidatorCompiler<Record<string, unknown>>(({ schema, httpPart }) => {
    const validate: ValidateFunction = (httpPart === 'body' ? body : text).compile(schema)
    return data => {
      if (validate(data)) return { value: data }
      return { error: refusal(validate.errors?.[0], httpPart ?? 'body') }
    }
  })
}

/** One sentence that names the field, the value and what was expected. */
function refusal(error: ErrorObject | undefined, part: string): RiskloomError {
  const field = fieldOf(error)
  const expected = error?.message ?? 'is not valid'
  const value =
    error?.keyword === 'required' || error?.keyword === 'additionalProperties' ? undefined : shown(error?.data)
  const message = `${field || part} ${expected}${value === undefined ? '' : `, got ${value}`}`
  return new RiskloomError('invalid-request', message, { details: { field: field || part, expected, value } })
}

function fieldOf(error: ErrorObject | undefined): string {
  if (error === undefined) return ''
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  const { missingProperty, additionalProperty } = error.params as {
    missingProperty?: string
    additionalProperty?: string
  }
  return [path, missingProperty ?? additionalProperty ?? ''].filter(Boolean).join('.')
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
