import type { Bindings } from '../../schemas/version.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import { messageOf } from '../error.ts'
import { renderTemplate } from '../expressions/template.ts'
import type { Graph, GraphNode } from '../graph/graph.ts'
import { nodeTypeOf } from '../nodes/index.ts'
import type { NodeCall, NodeOutcome, NodeServices, Selector } from '../nodes/node.ts'
import type { Value } from '../values/value.ts'
import { readVariable } from './pool.ts'
import { hasEnded, type Command, type Progress, type RunNode, type RunState } from './state.ts'
import { step } from './step.ts'

/** What `execute` needs beside the state. */
export interface ExecuteOptions {
  readonly services: NodeServices
  readonly bindings: Bindings
  readonly signal: AbortSignal
  /** Takes live text; hand it to `step` as a `text` completion. Leave it out where events are off. */
  readonly onText?: (node: number, output: string, text: string) => void
}

/** Runs the node of a command. Pure nodes answer synchronously; a promise never rejects: a bug is a failed node too. */
export function execute(
  graph: Graph,
  state: RunState,
  command: RunNode,
  options: ExecuteOptions,
): NodeOutcome | Promise<NodeOutcome> {
  const node = graph.nodes[command.node]
  const type = node === undefined ? undefined : nodeTypeOf(node.type)
  if (node === undefined || type === undefined) return broken(`there is no node ${command.node}`)
  try {
    const outcome = type.run(new Call(graph, state, node, options))
    return outcome instanceof Promise ? outcome.catch(broken) : outcome
  } catch (error) {
    return broken(error)
  }
}

function broken(error: unknown): NodeOutcome {
  return { ok: false, inputs: {}, error: messageOf(error), errorType: 'InternalError' }
}

/** One call of a node. A class, because its methods are then made once and not for every node of every run. */
class Call implements NodeCall {
  readonly workspace: string
  readonly runId: string
  readonly nodeId: string
  readonly data: unknown
  readonly bindings: Bindings
  readonly services: NodeServices
  readonly signal: AbortSignal
  private readonly graph: Graph
  private readonly state: RunState
  private readonly node: number
  private readonly onText: ExecuteOptions['onText']

  constructor(graph: Graph, state: RunState, node: GraphNode, options: ExecuteOptions) {
    this.workspace = state.context.workspace
    this.runId = state.context.runId
    this.nodeId = node.id
    this.data = node.data
    this.bindings = options.bindings
    this.services = options.services
    this.signal = options.signal
    this.graph = graph
    this.state = state
    this.node = node.index
    this.onText = options.onText
  }

  variable(selector: Selector): Value | undefined {
    return readVariable(this.graph, this.state, selector)
  }

  render(template: string): string {
    return renderTemplate(template, selector => readVariable(this.graph, this.state, selector))
  }

  emit(output: string, text: string): void {
    this.onText?.(this.node, output, text)
  }
}

/**
 * Carries out the pure commands, in order, until only recorded nodes and waits are left or the run has ended.
 * With the same recorded completions in the same order this gives the same run, so nothing of it needs a journal.
 * A pure node that cannot answer at once (its model is not in memory yet) is left to the driver like a recorded one.
 */
export function advance(
  graph: Graph,
  progress: Progress,
  options: ExecuteOptions,
): { readonly commands: readonly Command[]; readonly events: readonly RunEvent[] } {
  const { clock } = options.services
  const { state } = progress
  const waiting: Command[] = []
  const events = progress.events.slice()
  const queue = progress.commands.slice()
  for (let at = 0; at < queue.length; at += 1) {
    const command = queue[at]
    if (command === undefined || hasEnded(state)) break
    if (command.kind === 'wait' || command.effect === 'recorded') {
      waiting.push(command)
      continue
    }
    const startedAt = clock.now()
    const from = clock.monotonic()
    const outcome = execute(graph, state, command, options)
    if (outcome instanceof Promise) {
      waiting.push(command)
      continue
    }
    const elapsedMs = clock.monotonic() - from
    const next = step(
      graph,
      state,
      { kind: 'node-finished', node: command.node, attempt: command.attempt, outcome, startedAt, elapsedMs },
      clock.now(),
    )
    queue.push(...next.commands)
    events.push(...next.events)
  }
  return { commands: hasEnded(state) ? [] : waiting, events }
}
