import { textOf } from '../values/text.ts'
import type { Value } from '../values/value.ts'

type Lookup = (selector: readonly string[]) => Value | undefined
type Part = string | readonly string[]

/** `{{#node.name.key#}}`; anything that does not match stays as it is. */
const marker = /\{\{#([a-zA-Z0-9_]{1,50}(?:\.[a-zA-Z_][a-zA-Z0-9_]{0,29}){1,10})#\}\}/g

const cacheSize = 2_000
const cache = new Map<string, readonly Part[]>()

/** Literal texts and selectors, in order. */
function templateParts(template: string): readonly Part[] {
  const known = cache.get(template)
  if (known !== undefined) return known
  const parts = split(template)
  // Texts of documents, so few; the bound only guards against texts that are made up at run time.
  if (cache.size >= cacheSize) cache.clear()
  cache.set(template, parts)
  return parts
}

function split(template: string): readonly Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of template.matchAll(marker)) {
    if (match.index > end) parts.push(template.slice(end, match.index))
    parts.push((match[1] ?? '').split('.'))
    end = match.index + match[0].length
  }
  if (end < template.length) parts.push(template.slice(end))
  return parts
}

/** The text with each marker replaced; an unknown variable leaves its bare path. */
export function renderTemplate(template: string, lookup: Lookup, print: (value: Value) => string = textOf): string {
  if (!template.includes('{{#')) return template
  let text = ''
  for (const part of templateParts(template)) {
    if (typeof part === 'string') text += part
    else {
      const value = lookup(part)
      text += value === undefined ? part.join('.') : print(value)
    }
  }
  return text
}

/** The variables a template reads. */
export function templateSelectors(template: string): (readonly string[])[] {
  return templateParts(template).filter(part => typeof part !== 'string')
}
