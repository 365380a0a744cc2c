import type { AppMode } from '../../schemas/app.ts'

export interface DocumentNode {
  readonly id: string
  /** The `data` block, unparsed. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface DocumentEdge {
  readonly source: string
  readonly target: string
  readonly sourceHandle: string
}

export interface DocumentVariable {
  readonly name: string
  readonly type: string
  readonly value: unknown
}

/** A Dify DSL document after its envelope was read. `source` is the whole parsed YAML and is what gets written again. */
export interface WorkflowDocument {
  readonly source: Readonly<Record<string, unknown>>
  readonly version: string
  readonly app: { readonly name: string; readonly mode: AppMode | 'agent'; readonly icon: string; readonly description: string }
  /** Null for the modes that have no graph. */
  readonly workflow: {
    readonly nodes: readonly DocumentNode[]
    readonly edges: readonly DocumentEdge[]
    readonly environment: readonly DocumentVariable[]
    readonly conversation: readonly DocumentVariable[]
  } | null
}

export type ImportStatus = 'completed' | 'completed-with-warnings' | 'pending' | 'failed'

export interface ReadResult {
  readonly status: ImportStatus
  readonly error: string
  readonly warnings: readonly string[]
  /** Null exactly when the status is `failed`. */
  readonly document: WorkflowDocument | null
}

/** Reads YAML text. Never throws for a bad document. */
export declare function readDocument(text: string): ReadResult

/** Writes a document: key order kept, values of secret environment variables blanked unless asked for. */
export declare function writeDocument(document: WorkflowDocument, options?: { secrets?: boolean }): string
