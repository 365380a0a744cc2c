import type { Problem } from './problem.ts'
import type { Graph } from './graph.ts'
import type { WorkflowDocument } from './document.ts'

/** Never throws for a document: what does not compile is named in the problems (severity `error`). */
export type CompileResult =
  | { readonly ok: true; readonly graph: Graph; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export declare function compile(document: WorkflowDocument): CompileResult
