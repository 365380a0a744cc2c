import { isMap, isScalar, parseDocument, visit, type Document } from 'yaml'
import { depthLimit } from '../values/json-reader.ts'
import { isList, isObject } from '../values/object.ts'
import type { ObjectValue, Value } from '../values/value.ts'

const maxBytes = 10 * 1024 * 1024
/** Lines, commas and brackets. Bounds the time of reading: the parser takes some 10 µs for each. */
const maxMarks = 80_000
/** Brackets open at the same time, counted roughly: the parser takes long to find out that it cannot nest that deep. */
const maxOpen = 1_000
/** Uses of one anchor, all expansions counted: an ordinary document has none. */
const maxAliases = 100

export type YamlResult =
  { readonly ok: true; readonly value: ObjectValue } | { readonly ok: false; readonly error: string }

/** Reads a mapping. Integers become `bigint`, floats `number`, so that 1 and 1.0 stay apart. */
export function parseYaml(text: string): YamlResult {
  const document = openYaml(text)
  if (typeof document === 'string') return { ok: false, error: document }
  try {
    // `intAsBigInt` and the core schema leave nothing but our own value types.
    const value = document.toJS({ maxAliasCount: maxAliases }) as Value
    if (!isObject(value)) return { ok: false, error: 'Invalid YAML format: content must be a mapping' }
    if (nestsDeeper(value, depthLimit))
      return { ok: false, error: `Invalid YAML format: more than ${depthLimit} levels deep` }
    return { ok: true, value }
  } catch (error) {
    return { ok: false, error: `Invalid YAML format: ${error instanceof Error ? error.message : 'unreadable'}` }
  }
}

/** The parsed document, or what is wrong with the text. */
function openYaml(text: string): Document | string {
  if (text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes) {
    return 'File size exceeds the limit of 10MB'
  }
  const { marks, open } = survey(text)
  if (marks > maxMarks) return `Invalid YAML format: more than ${maxMarks} lines and items`
  if (open > maxOpen) return `Invalid YAML format: more than ${depthLimit} levels deep`
  try {
    // Duplicate keys are looked for below: the parser's own check takes quadratic time.
    const document = parseDocument(text, { intAsBigInt: true, merge: true, uniqueKeys: false, keepSourceTokens: false })
    const problem = document.errors[0] ?? document.warnings.find(warning => warning.code === 'TAG_RESOLVE_FAILED')
    if (problem !== undefined) return `Invalid YAML format: ${problem.message}`
    const duplicate = duplicateKey(document)
    return duplicate === undefined ? document : `Invalid YAML format: duplicate key ${duplicate}`
  } catch (error) {
    return `Invalid YAML format: ${error instanceof RangeError ? 'nested too deep' : error instanceof Error ? error.message : 'unreadable'}`
  }
}

function survey(text: string): { readonly marks: number; readonly open: number } {
  let [marks, depth, open] = [0, 0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 10 || code === 44) marks += 1
    else if (code === 91 || code === 123) {
      marks += 1
      depth += 1
      if (depth > open) open = depth
    } else if ((code === 93 || code === 125) && depth > 0) depth -= 1
  }
  return { marks, open }
}

function duplicateKey(document: Document): string | undefined {
  let duplicate: string | undefined
  visit(document, {
    Map(_, map) {
      const keys = new Set<unknown>()
      for (const { key } of map.items) {
        const name = isScalar(key) ? key.value : key
        if (keys.has(name)) duplicate = String(name)
        keys.add(name)
      }
      return duplicate === undefined ? undefined : visit.BREAK
    },
  })
  return duplicate
}

function nestsDeeper(value: Value, levels: number): boolean {
  if (!isList(value) && !isObject(value)) return false
  if (levels === 0) return true
  return Object.values(value).some((item: Value) => nestsDeeper(item, levels - 1))
}

/** The text of a document after some of its scalars were blanked; key order and comments stay. */
export function rewriteYaml(text: string, change: (document: Document) => void): string {
  const document = openYaml(text)
  if (typeof document === 'string') return text
  change(document)
  return document.toString({ lineWidth: 0 })
}

/** The items of a sequence of mappings, for changes. */
export function mappingsAt(
  document: Document,
  path: readonly string[],
): { get(key: string): unknown; set(key: string, value: unknown): void }[] {
  const list = document.getIn(path)
  if (typeof list !== 'object' || list === null || !('items' in list) || !Array.isArray(list.items)) return []
  return list.items.filter(item => isMap(item))
}
