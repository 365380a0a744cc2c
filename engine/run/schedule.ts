import type { Graph, GraphNode } from '../graph/graph.ts'
import type { EventLog } from './events.ts'
import { edgeSkipped, edgeTaken, edgeUnknown, type Command, type RunNode, type RunState } from './state.ts'
import { openStreams } from './stream.ts'

/** A node has ended and leaves on `handle`: settles its edges. Gives the nodes that may be ready now. */
export function settleEdges(graph: Graph, state: RunState, node: GraphNode, handle: string): readonly number[] {
  const touched: number[] = []
  if (node.branching) skipOthers(graph, state, node, handle, touched)
  for (const index of node.outgoing) {
    const edge = graph.edges[index]
    if (edge === undefined || state.edges[index] !== edgeUnknown) continue
    state.edges[index] = edgeTaken
    touched.push(edge.target)
    const target = graph.nodes[edge.target]
    if (node.branching && target !== undefined && state.context.events) openStreams(state, target)
  }
  return touched
}

/** Starts those of the nodes that are ready. */
export function startReady(
  graph: Graph,
  state: RunState,
  nodes: readonly number[],
  commands: Command[],
  log: EventLog,
): void {
  for (const index of nodes) startIfReady(graph, state, index, commands, log)
}

/** The branches that were not taken are settled first, so that a join behind them knows. */
function skipOthers(graph: Graph, state: RunState, node: GraphNode, handle: string, touched: number[]): void {
  const pending: number[] = []
  for (const index of node.outgoing) {
    if (graph.edges[index]?.handle !== handle) pending.push(index)
  }
  for (let at = 0; at < pending.length; at += 1) {
    const index = pending[at] ?? 0
    const target = graph.edges[index]?.target ?? -1
    state.edges[index] = edgeSkipped
    if (isWhollySkipped(graph, state, target)) {
      state.skipped[target] = true
      pending.push(...(graph.nodes[target]?.outgoing ?? []))
    } else touched.push(target)
  }
}

function isWhollySkipped(graph: Graph, state: RunState, target: number): boolean {
  for (const index of graph.nodes[target]?.incoming ?? []) if (state.edges[index] !== edgeSkipped) return false
  return true
}

/** Ready: no incoming edge is unknown and at least one is taken. */
function startIfReady(graph: Graph, state: RunState, index: number, commands: Command[], log: EventLog): void {
  const node = graph.nodes[index]
  if (node === undefined || state.running[index] !== 0 || state.outputs[index] !== null) return
  let taken = false
  for (const edge of node.incoming) {
    if (state.edges[edge] === edgeUnknown) return
    if (state.edges[edge] === edgeTaken) taken = true
  }
  if (taken) commands.push(startNode(state, node, 1, log))
}

/** Starts an attempt of a node. */
export function startNode(state: RunState, node: GraphNode, attempt: number, log: EventLog): RunNode {
  if (attempt === 1) state.active += 1
  state.running[node.index] = attempt
  state.steps += 1
  const executionId = `${state.context.runId}:${node.id}`
  if (attempt === 1) log.nodeStarted(node, executionId)
  return { kind: 'run-node', node: node.index, attempt, executionId, effect: node.effect }
}
