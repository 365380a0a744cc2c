import type { NodeRun } from '../../schemas/node-run.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { Run } from '../../schemas/run.ts'
import { encodeAnswer } from '../values/codec.ts'
import { isList, isObject } from '../values/object.ts'
import { FileValue, type ObjectValue, type Value } from '../values/value.ts'
import { elapsedSeconds, pythonJson, seconds } from './answer-json.ts'
import { truncated } from './truncate.ts'

/** Names that the run's own events do not carry. */
export interface WorkflowCall {
  /** Chosen by the API for this request. */
  readonly taskId: string
  readonly runId: string
  /** The app version that runs. */
  readonly workflowId: string
  /** What the caller sent as `user`. */
  readonly user: string
  /** Our id of that user. */
  readonly userId: string
}

/** First frame of a stream, and the one that keeps an idle connection open. */
export const pingFrame = 'event: ping\n\n'

/**
 * Events of a run as frames of the workflow stream. The frame of the run's start is held back until the next event,
 * because a run that was refused for its inputs starts with a frame of another shape.
 */
export async function* workflowFrames(call: WorkflowCall, events: AsyncIterable<RunEvent>): AsyncGenerator<string> {
  yield pingFrame
  let start: Extract<RunEvent, { type: 'run-started' }> | undefined
  for await (const event of events) {
    if (event.type === 'run-started') {
      start = event
      continue
    }
    if (start !== undefined && event.type === 'run-finished' && isRefusal(event)) {
      yield* refusalFrames({ ...call, inputs: fields(start.inputs), error: event.error ?? '', at: start.at })
      return
    }
    if (start !== undefined) yield workflowFrame(call, start)
    start = undefined
    yield workflowFrame(call, event)
  }
  if (start !== undefined) yield workflowFrame(call, start)
}

/** One event as a frame. Does not know of refused inputs: see `workflowFrames`. */
export function workflowFrame(call: WorkflowCall, event: RunEvent): string {
  const { name, data } = eventData(call, event)
  return frame({ event: name, workflow_run_id: call.runId, task_id: call.taskId, data })
}

/** What a caller gets whose inputs do not fit the start node, when they asked for a stream. Such a run has no record. */
export function refusalFrames(refusal: {
  readonly runId: string
  readonly workflowId: string
  readonly inputs: ObjectValue
  readonly error: string
  /** Milliseconds since the epoch. */
  readonly at: number
}): [started: string, finished: string] {
  const { runId, workflowId } = refusal
  const at = seconds(refusal.at)
  const ids = { task_id: runId, workflow_run_id: runId }
  const started = { id: runId, workflow_id: workflowId, inputs: refusal.inputs, created_at: at, reason: 'initial' }
  const end = { at, elapsedMs: 0, tokens: 0, steps: 0, exceptions: 1, createdBy: {}, createdAt: at }
  return [
    frame({ event: 'workflow_started', ...ids, data: started }),
    frame({
      event: 'workflow_finished',
      ...ids,
      data: finishedData({ runId, workflowId }, { ...end, status: 'failed', outputs: null, error: refusal.error }),
    }),
  ]
}

/** True for a run that ended before its first node because its inputs do not fit. */
export function isRefusal(end: { status: string; steps: number; error: string | null }): boolean {
  return end.status === 'failed' && end.steps === 0 && end.error !== null
}

/** Body of a blocking answer, as JSON text. */
export function blockingBody(call: WorkflowCall, run: Run): string {
  return encodeAnswer({
    task_id: call.taskId,
    workflow_run_id: run.runId,
    data: {
      id: run.runId,
      workflow_id: call.workflowId,
      status: run.status,
      outputs: fields(run.outputs),
      error: run.error,
      elapsed_time: elapsedSeconds(run.elapsedMs),
      total_tokens: BigInt(run.tokens),
      total_steps: BigInt(run.steps),
      created_at: seconds(run.startedAt),
      finished_at: finishedAt(run),
    },
  })
}

/** Body of `GET /v1/workflows/run/:id`, as JSON text. Its `inputs` are a text that holds JSON. */
export function runDetail(run: Run): string {
  return encodeAnswer({
    id: run.runId,
    workflow_id: run.versionId,
    status: run.status,
    inputs: pythonJson({ ...fields(run.inputs), ...systemInputs(run) }),
    outputs: fields(run.outputs),
    error: run.error,
    total_steps: BigInt(run.steps),
    total_tokens: BigInt(run.tokens),
    created_at: seconds(run.startedAt),
    finished_at: finishedAt(run),
    elapsed_time: elapsedSeconds(run.elapsedMs),
  })
}

function eventData(call: WorkflowCall, event: RunEvent): { name: string; data: ObjectValue } {
  switch (event.type) {
    case 'run-started':
      return { name: 'workflow_started', data: startedData(call, event) }
    case 'node-started':
      return { name: 'node_started', data: nodeStartedData(event) }
    case 'text-chunk':
      return { name: 'text_chunk', data: { text: event.text, from_variable_selector: event.selector } }
    case 'node-retried':
      return {
        name: 'node_retry',
        data: { ...nodeData(event.nodeRun, 'retry'), retry_index: BigInt(event.retryIndex) },
      }
    case 'node-finished':
      return { name: 'node_finished', data: nodeData(event.nodeRun, event.nodeRun.status) }
    case 'run-finished':
      return {
        name: 'workflow_finished',
        data: finishedData(call, {
          ...event,
          outputs: fields(event.outputs),
          createdBy: { id: call.userId, user: call.user },
          createdAt: seconds(event.at - event.elapsedMs),
          at: seconds(event.at),
        }),
      }
  }
}

function startedData(call: WorkflowCall, event: Extract<RunEvent, { type: 'run-started' }>): ObjectValue {
  return {
    id: call.runId,
    workflow_id: call.workflowId,
    inputs: fields(event.inputs),
    created_at: seconds(event.at),
    reason: 'initial',
  }
}

function nodeStartedData(event: Extract<RunEvent, { type: 'node-started' }>): ObjectValue {
  return {
    id: event.id,
    node_id: event.nodeId,
    node_type: event.nodeType,
    title: event.title,
    index: 1n,
    predecessor_node_id: null,
    inputs: null,
    inputs_truncated: false,
    created_at: seconds(event.at),
    extras: {},
    iteration_id: null,
    loop_id: null,
    agent_strategy: null,
  }
}

function nodeData(node: NodeRun, status: string): ObjectValue {
  const inputs = truncated(fields(node.inputs))
  const processData = truncated(fields(node.processData))
  const outputs = truncated(fields(node.outputs))
  return {
    id: node.id,
    node_id: node.nodeId,
    node_type: node.nodeType,
    title: node.title,
    index: 1n,
    predecessor_node_id: null,
    inputs: inputs.value,
    inputs_truncated: inputs.cut,
    process_data: processData.value,
    process_data_truncated: processData.cut,
    outputs: outputs.value,
    outputs_truncated: outputs.cut,
    status,
    // A handled failure tells its reason in the outputs; recorded streams always have these words here.
    error: status === 'exception' ? 'Unknown error' : node.error,
    elapsed_time: elapsedSeconds(node.elapsedMs),
    execution_metadata: executionMetadata(node),
    created_at: seconds(node.startedAt),
    finished_at: seconds(node.startedAt + node.elapsedMs),
    files: filesIn(fields(node.outputs)),
    iteration_id: null,
    loop_id: null,
  }
}

/** Files among the outputs, alone or in lists. */
function filesIn(outputs: ObjectValue): Value {
  return Object.values(outputs).flatMap(value =>
    (isList(value) ? value : [value]).filter(item => item instanceof FileValue),
  )
}

function executionMetadata(node: NodeRun): ObjectValue | null {
  if (node.status === 'exception')
    return { error_strategy: node.handle === 'fail-branch' ? 'fail-branch' : 'default-value' }
  if (node.tokens === 0) return null
  return { total_tokens: BigInt(node.tokens), total_price: priceText(node.cost), currency: 'USD' }
}

/** A price as a decimal number without exponent and without trailing zeros. */
function priceText(cost: number): string {
  return cost.toFixed(10).replace(/\.?0+$/, '')
}

interface End {
  readonly status: string
  readonly outputs: ObjectValue | null
  readonly error: string | null
  readonly elapsedMs: number
  readonly tokens: number
  readonly steps: number
  readonly exceptions: number
  readonly createdBy: ObjectValue
  readonly createdAt: bigint
  readonly at: bigint
}

function finishedData(call: { runId: string; workflowId: string }, end: End): ObjectValue {
  return {
    id: call.runId,
    workflow_id: call.workflowId,
    status: end.status,
    outputs: end.outputs,
    error: end.error,
    elapsed_time: elapsedSeconds(end.elapsedMs),
    total_tokens: BigInt(end.tokens),
    total_steps: BigInt(end.steps),
    created_by: end.createdBy,
    created_at: end.createdAt,
    finished_at: end.at,
    exceptions_count: BigInt(end.exceptions),
    files: filesIn(end.outputs ?? {}),
  }
}

/** What a run's record shows beside its inputs. */
function systemInputs(run: Run): ObjectValue {
  return {
    'sys.files': [],
    'sys.user_id': run.user,
    'sys.app_id': run.appId,
    'sys.timestamp': seconds(run.startedAt),
    'sys.workflow_id': run.versionId,
    'sys.workflow_run_id': run.runId,
  }
}

function finishedAt(run: Run): bigint | null {
  return run.finishedAt === null ? null : seconds(run.finishedAt)
}

/** Records keep values under types that do not say so; whatever is no object counts as an empty one. */
function fields(value: unknown): ObjectValue {
  const known = value as Value | undefined // parse boundary: runs and events hold what the interpreter put there
  return isObject(known) ? known : {}
}

function frame(content: ObjectValue): string {
  return `data: ${encodeAnswer(content)}\n\n`
}
