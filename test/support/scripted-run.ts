import type { Graph } from '../../engine/graph/graph.ts'
import { compile } from '../../engine/graph/compile.ts'
import { readDocument } from '../../engine/graph/document.ts'
import type { NodeOutcome } from '../../engine/nodes/node.ts'
import {
  hasEnded,
  type Command,
  type Completion,
  type Progress,
  type RunContext,
  type RunState,
} from '../../engine/run/state.ts'
import { begin, step } from '../../engine/run/step.ts'
import type { ObjectValue } from '../../engine/values/value.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import { workflowDocument } from './workflow.ts'

export const runContext: RunContext = {
  workspace: 'main',
  runId: 'run',
  appId: 'app',
  versionId: 'version',
  purpose: 'debug',
  user: 'u',
  events: true,
  traces: true,
}

export function graphOf(...parts: Parameters<typeof workflowDocument>): Graph {
  const { document, error } = readDocument(workflowDocument(...parts))
  const result = document === null ? undefined : compile(document)
  if (result?.ok !== true) throw new Error(JSON.stringify(result?.problems ?? error))
  return result.graph
}

export function succeed(outputs: ObjectValue = {}, more: Partial<NodeOutcome & { ok: true }> = {}): NodeOutcome {
  return { ok: true, inputs: {}, outputs, ...more }
}

export function fail(error: string, errorType = 'CodeExecutionError'): NodeOutcome {
  return { ok: false, inputs: {}, error, errorType }
}

/** A run whose completions the test hands in one by one. Time goes on by 1 ms a step. */
export class ScriptedRun {
  readonly graph: Graph
  readonly state: RunState
  readonly events: RunEvent[] = []
  /** Commands that nobody has answered yet. */
  readonly open: Command[] = []
  readonly recorded: Completion[] = []
  now = 1_000

  constructor(graph: Graph, inputs: ObjectValue = {}, context: Partial<RunContext> = {}) {
    this.graph = graph
    const progress = begin(graph, { ...runContext, ...context }, inputs, this.now)
    this.state = progress.state
    this.absorb(progress)
  }

  hand(completion: Completion): void {
    this.recorded.push(completion)
    this.now += 1
    this.absorb(step(this.graph, this.state, completion, this.now))
  }

  /** Answers the open command of a node. */
  answer(id: string, outcome: NodeOutcome = succeed()): void {
    const node = this.graph.nodeIndex.get(id)
    const at = this.open.findIndex(command => command.node === node)
    const [command] = at < 0 ? [] : this.open.splice(at, 1)
    if (command === undefined) throw new Error(`node ${id} was not asked to do anything`)
    if (command.kind === 'wait') this.hand({ kind: 'timer', node: command.node, attempt: command.attempt })
    else
      this.hand({
        kind: 'node-finished',
        node: command.node,
        attempt: command.attempt,
        outcome,
        startedAt: this.now,
        elapsedMs: 0,
      })
  }

  /** Ids of the nodes that are to run now. */
  get asked(): string[] {
    return this.open.map(command => this.graph.nodes[command.node]?.id ?? '')
  }

  get text(): string {
    return this.events.map(event => (event.type === 'text-chunk' ? event.text : '')).join('')
  }

  get ended(): boolean {
    return hasEnded(this.state)
  }

  private absorb(progress: Progress): void {
    this.events.push(...progress.events)
    this.open.push(...progress.commands)
  }
}
