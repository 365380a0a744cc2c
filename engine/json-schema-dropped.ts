import { compileSchema, droppedKeywords, type DroppedKeyword } from './json-schema.ts'

const named = ['properties', 'definitions', '$defs', 'dependencies']
const listed = ['allOf', 'anyOf', 'oneOf', 'items']
const single = [
  'not',
  'if',
  'then',
  'else',
  'items',
  'contains',
  'propertyNames',
  'additionalItems',
  'additionalProperties',
]

/** The keywords of a schema that are not held, each once. Properties of such a name are no keywords. Empty for what is no schema. */
export function droppedOf(schema: unknown): readonly DroppedKeyword[] {
  if (!compileSchema(schema, 'first').ok) return []
  const parsed: unknown = typeof schema === 'string' ? JSON.parse(schema) : schema
  const found = new Set<string>()
  collect(parsed, found)
  return droppedKeywords.filter(keyword => found.has(keyword))
}

function collect(schema: unknown, found: Set<string>): void {
  if (!isRecord(schema)) return
  for (const [key, item] of Object.entries(schema)) {
    found.add(key)
    if (single.includes(key)) collect(item, found)
    if (listed.includes(key) && Array.isArray(item)) for (const one of item) collect(one, found)
    if (named.includes(key) && isRecord(item)) for (const one of Object.values(item)) collect(one, found)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
