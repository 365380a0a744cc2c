import { _, Ajv, type ErrorObject, type KeywordCxt, type ValidateFunction } from 'ajv'
import { messageOf } from './error.ts'

/** Longest schema, in characters of its JSON. */
export const maxSchemaLength = 64 * 1024
/** Lists and objects inside one another. */
export const maxSchemaDepth = 32
/** References followed in one check: schemas that refer to others twice over double their work with each step. */
const maxReferences = 100_000
const maxCached = 200

/** Why a value does not fit, five reasons at most; empty when it fits. `path` is a JSON pointer. */
export type SchemaCheck = (value: unknown) => readonly { readonly path: string; readonly message: string }[]

export type CompiledSchema =
  { readonly ok: true; readonly check: SchemaCheck } | { readonly ok: false; readonly problem: string }

/** `first` stops at the first problem; `all` goes on, for those who are to mend a value. */
export type Thoroughness = 'first' | 'all'

/** Keywords that are not held: their work grows out of bounds with the value, or they only describe. */
export const droppedKeywords = ['pattern', 'patternProperties', 'uniqueItems', 'format'] as const
export type DroppedKeyword = (typeof droppedKeywords)[number]

const byText = new Map<string, CompiledSchema>()
const byObject: Readonly<Record<Thoroughness, WeakMap<object, CompiledSchema>>> = {
  first: new WeakMap(),
  all: new WeakMap(),
}

/** Prepares a JSON Schema (draft 7; an object or its JSON) for checks. Each schema is compiled once. */
export function compileSchema(schema: unknown, thoroughness: Thoroughness): CompiledSchema {
  if (typeof schema !== 'object' || schema === null) return compileText(schema, thoroughness)
  const known = byObject[thoroughness].get(schema)
  if (known !== undefined) return known
  const compiled = compileText(schema, thoroughness)
  byObject[thoroughness].set(schema, compiled)
  return compiled
}

function compileText(schema: unknown, thoroughness: Thoroughness): CompiledSchema {
  const read = readText(schema)
  if (!read.ok) return read
  const key = `${thoroughness} ${read.text}`
  const compiled = byText.get(key) ?? build(read.schema, thoroughness)
  byText.delete(key)
  byText.set(key, compiled)
  const [oldest] = byText.keys()
  if (byText.size > maxCached && oldest !== undefined) byText.delete(oldest)
  return compiled
}

type ReadSchema =
  | { readonly ok: true; readonly text: string; readonly schema: object }
  | { readonly ok: false; readonly problem: string }

/** A copy of the schema in JSON's own types, inside its bounds. */
function readText(schema: unknown): ReadSchema {
  const tooLong = { ok: false, problem: `longer than ${maxSchemaLength} characters` } as const
  if (typeof schema === 'string' && schema.length > maxSchemaLength) return tooLong
  try {
    const parsed: unknown = typeof schema === 'string' ? JSON.parse(schema) : schema
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      return { ok: false, problem: 'not an object' }
    }
    const problem = boundsProblem(parsed)
    if (problem !== undefined) return { ok: false, problem }
    // Documents hold integers as bigint, which JSON does not know.
    const text = JSON.stringify(parsed, (_key, item: unknown) => (typeof item === 'bigint' ? Number(item) : item))
    if (text.length > maxSchemaLength) return tooLong
    const copy: unknown = JSON.parse(text)
    return typeof copy === 'object' && copy !== null
      ? { ok: true, text, schema: copy }
      : { ok: false, problem: 'not an object' }
  } catch (error) {
    return { ok: false, problem: messageOf(error) }
  }
}

/** Looked at before the schema is written as text, so that no depth or number of items hurts. */
function boundsProblem(schema: object): string | undefined {
  const open: { readonly item: object; readonly depth: number }[] = [{ item: schema, depth: 1 }]
  let items = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > maxSchemaDepth) return `more than ${maxSchemaDepth} levels deep`
    const inner: unknown[] = Object.values(next.item)
    items += inner.length
    if (items > maxSchemaLength) return `longer than ${maxSchemaLength} characters`
    for (const item of inner) {
      if (typeof item === 'object' && item !== null) open.push({ item, depth: next.depth + 1 })
    }
  }
  return undefined
}

function build(schema: object, thoroughness: Thoroughness): CompiledSchema {
  try {
    const references = { left: maxReferences }
    const validate = ajvFor(thoroughness, references).compile(schema)
    // Its check would answer with a promise.
    if ('$async' in schema) return { ok: false, problem: '$async is not supported' }
    return { ok: true, check: value => check(validate, value, references) }
  } catch (error) {
    return { ok: false, problem: messageOf(error) }
  }
}

interface References {
  left: number
}

function check(validate: ValidateFunction, value: unknown, references: References): ReturnType<SchemaCheck> {
  references.left = maxReferences
  try {
    return validate(value) === true ? [] : (validate.errors ?? []).slice(0, 5).map(problemOf)
  } catch (error) {
    return [{ path: '', message: `cannot be checked: ${messageOf(error)}` }]
  }
}

function problemOf({ instancePath, message }: ErrorObject): { path: string; message: string } {
  return { path: instancePath, message: message ?? 'does not fit' }
}

function ajvFor(thoroughness: Thoroughness, references: References): Ajv {
  const ajv = new Ajv({
    strict: false,
    validateFormats: false,
    logger: false,
    inlineRefs: false,
    allErrors: thoroughness === 'all',
    code: { regExp: everyName },
  })
  for (const keyword of droppedKeywords) ajv.removeKeyword(keyword)
  countReferences(ajv, references)
  return ajv
}

/**
 * `additionalProperties` itself asks which names `patternProperties` allows. As nobody runs those patterns, every name
 * counts as allowed there.
 */
const everyName = Object.assign(() => ({ test: () => true }), { code: 'everyName' })

/** Puts a count in front of the check of every reference. */
function countReferences(ajv: Ajv, references: References): void {
  const rule = ajv.RULES.all['$ref']
  if (typeof rule !== 'object' || !('code' in rule.definition)) throw new Error('ajv has no rule for $ref')
  const { code } = rule.definition
  const spend = (): void => {
    references.left -= 1
    if (references.left < 0) throw new Error(`more than ${maxReferences} references to follow`)
  }
  ajv.removeKeyword('$ref').addKeyword({
    keyword: '$ref',
    schemaType: 'string',
    code(context: KeywordCxt) {
      context.gen.code(_`${context.gen.scopeValue('func', { ref: spend })}()`)
      code(context)
    },
  })
}
