import type { ObjectValue } from '../values/value.ts'

/** What happens when a node fails, after its retries. */
export type ErrorStrategy = 'none' | 'fail-branch' | 'default-value'

/** A piece of what an end node streams: a literal, or a variable as soon as it has a value. */
export type ResponseSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly selector: readonly string[] }

export interface GraphNode {
  /** Place in `Graph.nodes`; commands and completions name nodes by it. */
  readonly index: number
  readonly id: string
  readonly type: string
  readonly title: string
  /** The node's `data` block as its definition's schema parsed it. */
  readonly data: unknown
  readonly effect: 'pure' | 'recorded'
  /** Leaves on one handle only: if-else, classifier, or any node with a fail branch. */
  readonly branching: boolean
  /** Indexes into `Graph.edges`. */
  readonly incoming: readonly number[]
  readonly outgoing: readonly number[]
  readonly errorStrategy: ErrorStrategy
  /** Outputs of a failed node under `default-value`. */
  readonly defaultValue: ObjectValue
  readonly retry: { readonly attempts: number; readonly intervalMs: number } | null
  /** Only of end nodes. */
  readonly response: readonly ResponseSegment[] | null
  /** End nodes that may stream as soon as the run reaches this node. */
  readonly opens: readonly number[]
}

export interface GraphEdge {
  readonly source: number
  readonly target: number
  readonly handle: string
}

/** A workflow document prepared for stepping. Plain data, never changed: one graph serves any number of runs. */
export interface Graph {
  readonly mode: 'workflow'
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** The start node. */
  readonly root: number
  readonly nodeIndex: ReadonlyMap<string, number>
  readonly environment: ObjectValue
  /** Names of the environment variables that must not be shown. */
  readonly secrets: readonly string[]
}
