import * as z from 'zod'

/** Draft-7 JSON Schema of a contract, for validation, serialisation and OpenAPI alike. */
export function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' })
  return rest
}

/** The same for answers: what is always sent is required. */
export function answerSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'output', unrepresentable: 'any' })
  return rest
}
