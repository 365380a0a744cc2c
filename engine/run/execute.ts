import type { Bindings } from '../../schemas/version.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { Graph } from '../graph/graph.ts'
import type { NodeOutcome, NodeServices } from '../nodes/node.ts'
import type { Command, Progress, RunNode, RunState } from './state.ts'

/** What `execute` needs beside the state. */
export interface ExecuteOptions {
  readonly services: NodeServices
  readonly bindings: Bindings
  readonly signal: AbortSignal
  /** Takes live text; hand it to `step` as a `text` completion (and to nobody when events are off). */
  readonly onText?: (node: number, output: string, text: string) => void
}

/** Runs the node of a command. Pure nodes answer synchronously; a promise never rejects: a bug is a failed node too. */
export declare function execute(
  graph: Graph,
  state: RunState,
  command: RunNode,
  options: ExecuteOptions,
): NodeOutcome | Promise<NodeOutcome>

/** Carries out pure commands, in order, until only recorded nodes and waits are left (or the run has ended). */
export declare function advance(
  graph: Graph,
  progress: Progress,
  options: ExecuteOptions,
): { readonly commands: readonly Command[]; readonly events: readonly RunEvent[] }
