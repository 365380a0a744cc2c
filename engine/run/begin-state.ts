import type { Graph } from '../graph/graph.ts'
import type { ObjectValue } from '../values/value.ts'
import { edgeUnknown, type RunContext, type RunState } from './state.ts'

/** The state of a run that has not done anything yet. */
export function newState(graph: Graph, context: RunContext, inputs: ObjectValue, now: number): RunState {
  const nodes = graph.nodes.length
  return {
    context,
    status: 'running',
    inputs,
    system: systemOf(context, now),
    outputs: filled<ObjectValue | null>(nodes, null),
    skipped: filled(nodes, false),
    edges: filled<number>(graph.edges.length, edgeUnknown),
    running: filled(nodes, 0),
    active: 0,
    result: null,
    error: null,
    errorNode: null,
    transient: false,
    retryAfter: null,
    verdict: null,
    startedAt: now,
    finishedAt: null,
    steps: 0,
    completed: 0,
    exceptions: 0,
    tokens: 0,
    cost: 0,
    sequence: 0,
    nodes: [],
    modelCalls: [],
    stream: { opened: [], queue: [], segment: 0, live: {} },
  }
}

/** `sys.*`: what a workflow knows of its run. The time is in seconds. */
function systemOf(context: RunContext, now: number): ObjectValue {
  return {
    files: [],
    user_id: context.user,
    app_id: context.appId,
    workflow_id: context.versionId,
    workflow_run_id: context.runId,
    timestamp: BigInt(Math.floor(now / 1_000)),
  }
}

function filled<Item>(length: number, item: Item): Item[] {
  const list: Item[] = []
  for (let index = 0; index < length; index += 1) list.push(item)
  return list
}
