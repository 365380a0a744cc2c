import type { Bindings } from '../../schemas/version.ts'
import type { Graph } from './graph.ts'

/** Names in a document that a version binds to something that exists. */
export interface BindingsNeeded {
  readonly models: readonly { readonly provider: string; readonly name: string }[]
  readonly classifiers: readonly string[]
  readonly policies: readonly string[]
}

/** What the nodes refer to by name. */
export function bindingsNeeded(graph: Graph): BindingsNeeded {
  const models = new Map<string, { provider: string; name: string }>()
  const classifiers = new Set<string>()
  const policies = new Set<string>()
  for (const { data } of graph.nodes) {
    const model = field(data, 'model')
    const [provider, name] = [field(model, 'provider'), field(model, 'name')]
    if (typeof name === 'string')
      models.set(`${String(provider)}\n${name}`, { provider: typeof provider === 'string' ? provider : '', name })
    const classifier = field(data, 'classifier')
    if (typeof classifier === 'string' && classifier !== '') classifiers.add(classifier)
    for (const entry of list(field(data, 'policies'))) {
      const id = field(entry, 'policy_id')
      if (typeof id === 'string' && id !== '') policies.add(id)
    }
  }
  return { models: [...models.values()], classifiers: [...classifiers], policies: [...policies] }
}

function field(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, key) ? Reflect.get(data, key) : undefined
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Hash of a version: SHA-256 (hex) over a canonical form of document, bindings and semantics. */
export async function manifest(parts: { document: string; bindings: Bindings; semantics: number }): Promise<string> {
  const canonical = JSON.stringify(sorted({ v: 1, ...parts, document: parts.document.replaceAll('\r\n', '\n') }))
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical))
  return [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Keys in order, and lists of bindings too: their order in the document says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => sorted(item))
    return items.sort((first, second) => (JSON.stringify(first) < JSON.stringify(second) ? -1 : 1))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([first], [second]) => (first < second ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}
