import { Ajv, type ErrorObject } from 'ajv'
import * as z from 'zod'

/** Where a value breaks its schema: the path of the field and a sentence that names the value. */
export interface Violation {
  readonly field: string
  readonly message: string
}

export type SchemaCheck = (value: unknown) => Violation | undefined

// Formats are held by the patterns that zod writes beside them.
const ajv = new Ajv({ validateFormats: false, allowUnionTypes: true, verbose: true })

/**
 * The check of a zod schema as compiled code: several times faster than zod itself, which matters where every event of
 * a stream passes. The schema must hold no transforms or refinements.
 */
export function schemaCheck(schema: z.ZodType, root = ''): SchemaCheck {
  const json = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    // Every key of an object is text: the check would only walk over all keys again.
    override: context => {
      delete context.jsonSchema.propertyNames
    },
  })
  const validate = ajv.compile(json)
  return value => {
    if (validate(value)) return undefined
    const [error] = validate.errors ?? []
    return error === undefined ? { field: root, message: 'does not fit its schema' } : violation(error, root)
  }
}

function violation(error: ErrorObject, root: string): Violation {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const name = nameInside(error)
  const field = [...(root === '' ? [] : [root]), ...path, ...(name === undefined ? [] : [name])].join('.')
  return { field, message: sentence(error) }
}

/** The property that the error is about, where the path stops at its object. */
function nameInside(error: ErrorObject): string | undefined {
  const parameters: Record<string, unknown> = error.params
  const name = parameters['missingProperty'] ?? parameters['additionalProperty']
  return typeof name === 'string' ? name : undefined
}

function sentence(error: ErrorObject): string {
  if (error.keyword === 'required') return 'is missing'
  if (error.keyword === 'additionalProperties') return 'is not a known field'
  if (error.keyword === 'const') return `must be ${preview(error.params['allowedValue'])}, got ${preview(error.data)}`
  const format: unknown = error.parentSchema?.['format']
  if (error.keyword === 'pattern' && typeof format === 'string') {
    return `must be a ${format} as in RFC 3339, got ${preview(error.data)}`
  }
  return `${error.message ?? 'is wrong'}, got ${preview(error.data)}`
}

const previewLength = 80

function preview(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? 'a list'
        : 'an object'
      : JSON.stringify(value)
  return text.length > previewLength ? `${text.slice(0, previewLength)}…` : text
}
