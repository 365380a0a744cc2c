import type { Purpose, Verdict } from '../../schemas/decision.ts'
import type { ModelCall } from '../../schemas/model-call.ts'
import type { NodeRun } from '../../schemas/node-run.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { RunStatus } from '../../schemas/run.ts'
import type { NodeOutcome } from '../nodes/node.ts'
import type { ObjectValue } from '../values/value.ts'

/** Whose run it is and of what. Never changes during a run. */
export interface RunContext {
  readonly workspace: string
  readonly runId: string
  readonly appId: string
  readonly versionId: string
  readonly purpose: Purpose
  readonly user: string
  /** Collect run events. Stream batches need none. */
  readonly events: boolean
  /** Collect a node run for each node. */
  readonly traces: boolean
}

/** What a driver has to do next. */
export type Command = RunNode | Wait

/** Run the node (`execute`) and hand the outcome back as a `node-finished` completion. */
export interface RunNode {
  readonly kind: 'run-node'
  readonly node: number
  /** Counts from 1. */
  readonly attempt: number
  /** Identifies this execution in events, node runs and model calls; the same in a replay. */
  readonly executionId: string
  /** `recorded`: journal the outcome before it is handed back. `pure`: execute at once and in order (`advance` does). */
  readonly effect: 'pure' | 'recorded'
}

/** Wait before the next try of a node, then hand back a `timer` completion. */
export interface Wait {
  readonly kind: 'wait'
  readonly node: number
  readonly attempt: number
  readonly ms: number
}

/** What happened outside. Their order is the run: the same completions in the same order give the same events. */
export type Completion = NodeFinished | TextArrived | TimerFired | StopRequested

export interface NodeFinished {
  readonly kind: 'node-finished'
  readonly node: number
  readonly attempt: number
  readonly outcome: NodeOutcome
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly elapsedMs: number
}

/**
 * A live piece of an output. It only shapes events: a journal need not keep it,
 * because whatever was not streamed is sent when the node finishes.
 */
interface TextArrived {
  readonly kind: 'text'
  readonly node: number
  readonly output: string
  readonly text: string
}

interface TimerFired {
  readonly kind: 'timer'
  readonly node: number
  readonly attempt: number
}

interface StopRequested {
  readonly kind: 'stop'
  /** Shown as `Aborted: <reason>`. */
  readonly reason: string
}

export const edgeUnknown = 0
export const edgeTaken = 1
export const edgeSkipped = 2

/** Streaming of end nodes: one at a time, the others wait in the order in which they became possible. */
interface StreamState {
  /** End nodes that ever got a place in the queue, by node index. */
  readonly opened: number[]
  /** End nodes that may stream and have not sent all; the first one is streaming. */
  readonly queue: number[]
  /** Next segment of the first one. */
  segment: number
  /** Live text by `<node index>/<output>`. */
  readonly live: Record<string, LiveText>
}

export interface LiveText {
  /** All that arrived of the present attempt. */
  text: string
  /** Characters of it that were sent. */
  sent: number
  /** What an earlier, failed attempt had already sent; empty otherwise. */
  abandoned: string
}

/**
 * All that a run is. Plain data. `step` takes the state over and returns it changed:
 * whoever needs an older one keeps a `structuredClone`.
 */
export interface RunState {
  readonly context: RunContext
  status: RunStatus
  readonly inputs: ObjectValue
  readonly system: ObjectValue
  /** Outputs by node index; null as long as the node has none. */
  readonly outputs: (ObjectValue | null)[]
  /** Whether a node was skipped, by node index. */
  readonly skipped: boolean[]
  /** By edge index: unknown, taken or skipped. */
  readonly edges: number[]
  /** Executions under way: attempt by node index, 0 when the node is not running. */
  readonly running: number[]
  /** How many entries of `running` are not 0. */
  active: number
  /** Outputs of the end nodes so far. */
  result: ObjectValue | null
  error: string | null
  errorNode: string | null
  /** The failure that ended the run passes by itself. `retryAfter` in seconds. */
  transient: boolean
  retryAfter: number | null
  verdict: Verdict | null
  readonly startedAt: number
  finishedAt: number | null
  steps: number
  completed: number
  exceptions: number
  tokens: number
  cost: number
  sequence: number
  readonly nodes: NodeRun[]
  readonly modelCalls: ModelCall[]
  readonly stream: StreamState
}

/** What `begin` and `step` give back. `commands` are to be carried out in order. */
export interface Progress {
  readonly state: RunState
  readonly commands: readonly Command[]
  readonly events: readonly RunEvent[]
}

/** True when nothing more will happen. Commands that are still under way should be aborted. */
export function hasEnded(state: RunState): boolean {
  return state.status !== 'running' && state.status !== 'paused'
}
