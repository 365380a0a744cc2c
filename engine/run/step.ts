import type { Graph, GraphNode } from '../graph/graph.ts'
import type { StartData } from '../nodes/start/definition.ts'
import { validateInputs } from '../nodes/start/validate-inputs.ts'
import type { ObjectValue } from '../values/value.ts'
import { newState } from './begin-state.ts'
import { EventLog } from './events.ts'
import { exceededLimit } from './limits.ts'
import { endOf, nodeRunOf, usageOf, type NodeEnd } from './node-run.ts'
import { settleEdges, startNode, startReady } from './schedule.ts'
import {
  hasEnded,
  type Command,
  type Completion,
  type NodeFinished,
  type Progress,
  type RunContext,
  type RunState,
} from './state.ts'
import { abandonText, flushStreams, openStreams, takeText } from './stream.ts'

/**
 * Starts a run. Inputs that do not fit the start node give a failed run, never an exception.
 * @param now milliseconds since the epoch, here and in `step`
 */
export function begin(graph: Graph, context: RunContext, inputs: ObjectValue, now: number): Progress {
  const root = graph.nodes[graph.root]
  if (root === undefined) throw new RangeError('the graph has no start node')
  const data = root.data as StartData // parsed by the schema of the start node
  const checked = validateInputs(data.variables, inputs)
  const state = newState(graph, context, checked.ok ? checked.inputs : inputs, now)
  const log = new EventLog(state, now)
  if (!checked.ok) return refuse(state, checked.error, log, now)
  if (log.wanted) log.runStarted(startInputs(state))
  const commands = [startNode(state, root, 1, log)]
  if (log.wanted) {
    openStreams(state, root)
    flushStreams(graph, state, log)
  }
  return { state, commands, events: log.events }
}

/** The inputs with the system variables that clients see beside them. */
function startInputs(state: RunState): ObjectValue {
  const system = Object.entries(state.system).filter(([name]) => name !== 'timestamp')
  return { ...state.inputs, ...Object.fromEntries(system.map(([name, value]) => [`sys.${name}`, value])) }
}

function refuse(state: RunState, error: string, log: EventLog, now: number): Progress {
  log.runStarted(state.inputs)
  state.exceptions = 1
  state.error = error
  finish(state, 'failed', log, now)
  return { state, commands: [], events: log.events }
}

/**
 * Takes in what happened. Completions that no longer matter (the run has ended, the attempt is another) change nothing.
 * The state is changed in place and given back.
 */
export function step(graph: Graph, state: RunState, completion: Completion, now: number): Progress {
  const log = new EventLog(state, now)
  const commands: Command[] = []
  if (!hasEnded(state)) take(graph, state, completion, now, commands, log)
  return { state, commands, events: log.events }
}

function take(
  graph: Graph,
  state: RunState,
  completion: Completion,
  now: number,
  commands: Command[],
  log: EventLog,
): void {
  if (completion.kind === 'stop') return stop(state, completion.reason, log, now)
  const node = graph.nodes[completion.node]
  const attempt = state.running[completion.node] ?? 0
  if (node === undefined || attempt === 0) return
  if (completion.kind === 'text') {
    if (!log.wanted) return
    takeText(state, completion.node, completion.output, completion.text)
    flushStreams(graph, state, log)
  } else if (completion.attempt !== attempt) return
  else if (completion.kind === 'timer') commands.push(startNode(state, node, attempt, log))
  else finishNode(graph, state, node, completion, now, commands, log)
}

function stop(state: RunState, reason: string, log: EventLog, now: number): void {
  state.result ??= {}
  state.error = `Aborted: ${reason}`
  finish(state, 'stopped', log, now)
}

function finishNode(
  graph: Graph,
  state: RunState,
  node: GraphNode,
  completion: NodeFinished,
  now: number,
  commands: Command[],
  log: EventLog,
): void {
  const { outcome } = completion
  const usage = usageOf(outcome.modelCalls)
  state.tokens += usage.tokens
  state.cost += usage.cost
  if (outcome.modelCalls !== undefined) state.modelCalls.push(...outcome.modelCalls)
  if (!outcome.ok && node.retry !== null && completion.attempt <= node.retry.attempts) {
    retry(state, node, completion, node.retry.intervalMs, commands, log)
  } else settle(graph, state, node, completion, endOf(node, outcome), now, commands, log)
  if (hasEnded(state)) return
  const limit = exceededLimit(state, now)
  if (limit !== undefined) {
    commands.length = 0
    stop(state, limit, log, now)
  } else if (state.active === 0) {
    state.result ??= {}
    finish(state, state.exceptions > 0 ? 'partial-succeeded' : 'succeeded', log, now)
  }
}

function retry(
  state: RunState,
  node: GraphNode,
  completion: NodeFinished,
  ms: number,
  commands: Command[],
  log: EventLog,
): void {
  state.exceptions += 1
  const end: NodeEnd = { status: 'failed', outputs: completion.outcome.outputs ?? {}, handle: '' }
  if (log.wanted) {
    log.nodeRetried(nodeRunOf(state, node, completion, end), completion.attempt)
    abandonText(state, node.index)
  }
  state.running[node.index] = completion.attempt + 1
  commands.push({ kind: 'wait', node: node.index, attempt: completion.attempt + 1, ms })
}

function settle(
  graph: Graph,
  state: RunState,
  node: GraphNode,
  completion: NodeFinished,
  end: NodeEnd,
  now: number,
  commands: Command[],
  log: EventLog,
): void {
  const { outcome } = completion
  state.running[node.index] = 0
  state.active -= 1
  if (end.status !== 'succeeded') state.exceptions += 1
  if (end.status !== 'failed') state.outputs[node.index] = end.outputs
  if (outcome.ok && outcome.verdict !== undefined) state.verdict = outcome.verdict
  if (node.response !== null && end.status !== 'failed') state.result = { ...state.result, ...end.outputs }
  const next = end.status === 'failed' ? [] : settleEdges(graph, state, node, end.handle)
  // What streams can send now goes out before the news that the node has finished, as clients of the DSL expect.
  if (log.wanted && end.status !== 'failed') flushStreams(graph, state, log)
  record(state, node, completion, end, log)
  if (end.status === 'failed') fail(state, node, completion, log, now)
  else startReady(graph, state, next, commands, log)
}

function record(state: RunState, node: GraphNode, completion: NodeFinished, end: NodeEnd, log: EventLog): void {
  if (state.context.traces || log.wanted) {
    const nodeRun = nodeRunOf(state, node, completion, end)
    if (state.context.traces) state.nodes.push(nodeRun)
    log.nodeFinished(nodeRun)
  }
  state.completed += 1
}

function fail(state: RunState, node: GraphNode, { outcome }: NodeFinished, log: EventLog, now: number): void {
  if (outcome.ok) return
  state.error = outcome.error
  state.errorNode = node.id
  state.transient = outcome.transient ?? false
  state.retryAfter = outcome.retryAfter ?? null
  state.result ??= {}
  finish(state, 'failed', log, now)
}

function finish(state: RunState, status: RunState['status'], log: EventLog, now: number): void {
  state.status = status
  state.finishedAt = now
  log.runFinished(now - state.startedAt)
}
