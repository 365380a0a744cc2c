import { jsonrepair } from 'jsonrepair'
import { messageOf } from '../error.ts'
import { compileSchema, type SchemaCheck } from '../json-schema.ts'
import type { ChatMessage } from '../ports/models.ts'
import { decodeInput, toJs } from '../values/codec.ts'
import { isObject } from '../values/object.ts'
import type { ObjectValue } from '../values/value.ts'
import { splitReasoning } from './reasoning.ts'

export type Schema = Readonly<Record<string, unknown>>

/** An answer read as JSON, or why it does not fit, for the model to read. */
export type StructuredAnswer =
  { readonly ok: true; readonly value: ObjectValue } | { readonly ok: false; readonly problem: string }

/** The schema of a document, which may be written as text. Undefined when it is not an object. */
export function readSchema(schema: unknown): Schema | undefined {
  const parsed: unknown = typeof schema === 'string' ? tryParse(schema) : schema
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Schema) : undefined // an object
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** For models that cannot be held to a schema: the schema goes into the system message. */
export function withSchema(messages: readonly ChatMessage[], schema: Schema): ChatMessage[] {
  const instruction = [
    'Answer with one JSON object and nothing else: no explanation, no code fence.',
    'The object must satisfy this JSON schema:',
    JSON.stringify(schema),
  ].join('\n')
  const [first, ...rest] = messages
  if (first?.role !== 'system') return [{ role: 'system', content: instruction }, ...messages]
  return [{ role: 'system', content: `${first.content}\n\n${instruction}` }, ...rest]
}

/** The next try after an answer that did not fit. */
export function withProblem(messages: readonly ChatMessage[], answer: string, problem: string): ChatMessage[] {
  const content = `That answer cannot be used: ${problem}\nAnswer again with the corrected JSON object only.`
  return [...messages, { role: 'assistant', content: answer }, { role: 'user', content }]
}

/** Reads an answer, mending what is often wrong with JSON of models (fences, quotes, commas, a cut end). */
export function readStructured(answer: string, schema: Schema): StructuredAnswer {
  const compiled = compileSchema(schema, 'all')
  if (!compiled.ok) return { ok: false, problem: `the JSON schema itself is invalid: ${compiled.problem}` }
  const text = withoutFence(splitReasoning(answer).text)
  if (!text.includes('{')) return { ok: false, problem: 'it holds no JSON object' }
  try {
    const value = decodeInput(jsonrepair(text))
    if (!isObject(value)) return { ok: false, problem: 'it is not a JSON object' }
    const problems = compiled.check(toJs(value))
    return problems.length === 0 ? { ok: true, value } : { ok: false, problem: sentence(problems) }
  } catch (error) {
    return { ok: false, problem: `it is not JSON: ${messageOf(error)}` }
  }
}

/** The object inside a code fence or between words. White space is left to the parser: matching it here would be quadratic. */
function withoutFence(text: string): string {
  const fenced = /```(?:json)?([^]*?)```/i.exec(text)?.[1]
  const inner = fenced ?? text
  const start = inner.indexOf('{')
  return start <= 0 ? inner : inner.slice(start)
}

function sentence(problems: ReturnType<SchemaCheck>): string {
  return problems.map(({ path, message }) => `${path || 'the object'} ${message}`).join('; ')
}
