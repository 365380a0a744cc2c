import type { Bindings } from '../../schemas/version.ts'
import type { Graph } from './graph.ts'

/** Names in a document that a version binds to something that exists. */
export interface BindingsNeeded {
  readonly models: readonly { readonly provider: string; readonly name: string }[]
  readonly classifiers: readonly string[]
  readonly policies: readonly string[]
}

export declare function bindingsNeeded(graph: Graph): BindingsNeeded

/** Hash of a version: SHA-256 (hex) over a canonical form of document, bindings and semantics. */
export declare function manifest(parts: { document: string; bindings: Bindings; semantics: number }): Promise<string>
