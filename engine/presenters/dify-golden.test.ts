import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { NodeRun } from '../../schemas/node-run.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { Run } from '../../schemas/run.ts'
import { decodeInput, encodeAnswer } from '../values/codec.ts'
import { isList, isObject } from '../values/object.ts'
import { textOf } from '../values/text.ts'
import type { ObjectValue, Value } from '../values/value.ts'
import { blockingBody, runDetail, workflowFrames } from './dify-workflow.ts'

/**
 * Recorded exchanges of a real server, read back into our own events and records and presented again:
 * what comes out must be what was recorded, to the order of the fields and the kind of each number.
 */
const folder = new URL('../../../shared/golden/dify/', import.meta.url)
const wanted = /^(g01|g05|g06|g07|g10|g11|g12|g30_llm)/
/** Here files carry addresses that are signed anew each time they are printed. */
const signed = /^g10_http_(attach|png)$/
const recordings = existsSync(folder)
  ? readdirSync(folder)
      .filter(name => wanted.test(name) && !signed.test(name))
      .flatMap(name => readdirSync(new URL(`${name}/`, folder)).map(file => `${name}/${file}`))
  : []

const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8')

function field(object: Value | undefined, name: string): Value {
  if (!isObject(object)) throw new Error(`no object holds ${name}`)
  return object[name] ?? null
}
const text = (object: Value | undefined, name: string): string => textOf(field(object, name))
const number = (object: Value | undefined, name: string): number => Number(field(object, name))
const nullable = (object: Value | undefined, name: string): string | null => {
  const value = field(object, name)
  return value === null ? null : textOf(value)
}
const fields = (value: Value): ObjectValue => (isObject(value) ? value : {})
const withoutSystem = (inputs: Value): ObjectValue =>
  isObject(inputs) ? Object.fromEntries(Object.entries(inputs).filter(([name]) => !name.startsWith('sys.'))) : {}

/** Recorded seconds are cut: a time that begins and ends within the recorded seconds. */
function times(data: Value): { startedAt: number; elapsedMs: number } {
  const elapsedMs = number(data, 'elapsed_time') * 1000
  const [from, to] = [number(data, 'created_at') * 1000, number(data, 'finished_at') * 1000]
  return { startedAt: Math.max(from, to - elapsedMs + 0.001), elapsedMs }
}

function nodeRunOf(data: Value): NodeRun {
  const metadata = field(data, 'execution_metadata')
  const tokens = isObject(metadata) && 'total_tokens' in metadata
  return {
    id: text(data, 'id'),
    nodeId: text(data, 'node_id'),
    nodeType: text(data, 'node_type'),
    title: text(data, 'title'),
    index: 1,
    status:
      text(data, 'status') === 'exception'
        ? 'exception'
        : text(data, 'status') === 'succeeded'
          ? 'succeeded'
          : 'failed',
    inputs: field(data, 'inputs'),
    processData: field(data, 'process_data'),
    outputs: field(data, 'outputs'),
    error: nullable(data, 'error'),
    errorType: null,
    handle: isObject(metadata) && metadata['error_strategy'] === 'fail-branch' ? 'fail-branch' : null,
    attempts: 1,
    ...times(data),
    tokens: tokens ? number(metadata, 'total_tokens') : 0,
    cost: tokens ? number(metadata, 'total_price') : 0,
  }
}

function eventOf(recorded: Value, sequence: number): RunEvent {
  const data = field(recorded, 'data')
  const stamp = { sequence, at: isObject(data) && 'created_at' in data ? number(data, 'created_at') * 1000 : 0 }
  switch (text(recorded, 'event')) {
    case 'workflow_started':
      return { type: 'run-started', ...stamp, inputs: fields(field(data, 'inputs')) }
    case 'node_started':
      return {
        type: 'node-started',
        ...stamp,
        id: text(data, 'id'),
        nodeId: text(data, 'node_id'),
        nodeType: text(data, 'node_type'),
        title: text(data, 'title'),
      }
    case 'text_chunk': {
      const selector = field(data, 'from_variable_selector')
      return {
        type: 'text-chunk',
        ...stamp,
        text: text(data, 'text'),
        selector: isList(selector) ? selector.map(String) : [],
      }
    }
    case 'node_retry':
      return { type: 'node-retried', ...stamp, nodeRun: nodeRunOf(data), retryIndex: number(data, 'retry_index') }
    case 'node_finished':
      return { type: 'node-finished', ...stamp, nodeRun: nodeRunOf(data) }
    case 'workflow_finished': {
      const { startedAt, elapsedMs } = times(data)
      return {
        type: 'run-finished',
        sequence,
        at: startedAt + elapsedMs,
        status: text(data, 'status') as Run['status'], // recorded statuses are ours
        outputs: field(data, 'outputs') as Record<string, unknown> | null, // an object or null
        error: nullable(data, 'error'),
        elapsedMs,
        tokens: number(data, 'total_tokens'),
        steps: number(data, 'total_steps'),
        exceptions: number(data, 'exceptions_count'),
      }
    }
    default:
      throw new Error(`no event of ours is ${text(recorded, 'event')}`)
  }
}

const streams = recordings.filter(file => file.endsWith('.streaming.json'))

test.skipIf(streams.length === 0).each(streams)('%s: the stream comes out as it was recorded', async file => {
  const recording = field(decodeInput(read(file)), 'events')
  if (!isList(recording)) throw new Error('no events')
  const recorded = recording.slice(1)
  const start = recorded[0]
  const end = field(recorded.at(-1), 'data')
  const createdBy = field(end, 'created_by')
  const known = isObject(createdBy) && 'id' in createdBy
  const call = {
    taskId: text(start, 'task_id'),
    runId: text(start, 'workflow_run_id'),
    workflowId: text(field(start, 'data'), 'workflow_id'),
    user: known ? text(createdBy, 'user') : '',
    userId: known ? text(createdBy, 'id') : '',
  }
  async function* events() {
    for (const [index, event] of recorded.entries()) yield eventOf(event, index + 1)
  }
  const frames: string[] = []
  for await (const frame of workflowFrames(call, events())) frames.push(frame)
  expect(frames).toEqual(['event: ping\n\n', ...recorded.map(event => `data: ${encodeAnswer(event)}\n\n`)])
  const raw = file.replace(/\.json$/, '.sse')
  if (recordings.includes(raw)) expect(frames.join('')).toBe(read(raw))
})

function runOfRecording(data: Value, inputs: ObjectValue): Run {
  const { startedAt, elapsedMs } = times(data)
  return {
    v: 1,
    workspace: 'main',
    runId: text(data, 'id'),
    appId: text(inputs, 'sys.app_id'),
    versionId: text(data, 'workflow_id'),
    purpose: 'live',
    user: text(inputs, 'sys.user_id'),
    status: text(data, 'status') as Run['status'], // recorded statuses are ours
    inputs: withoutSystem(inputs),
    outputs: field(data, 'outputs') as Record<string, unknown> | null, // an object or null
    error: nullable(data, 'error'),
    errorNode: null,
    verdict: null,
    startedAt,
    finishedAt: startedAt + elapsedMs,
    elapsedMs,
    steps: number(data, 'total_steps'),
    exceptions: 0,
    tokens: number(data, 'total_tokens'),
    cost: 0,
    nodes: [],
    modelCalls: [],
  }
}

const answers = recordings.filter(file => file.endsWith('.blocking.json') && read(file).includes('"task_id"'))

test.skipIf(answers.length === 0).each(answers)('%s: body and run detail come out as they were recorded', file => {
  const exchange = decodeInput(read(file))
  const body = field(exchange, 'body')
  const details = field(exchange, 'run_detail')
  const detail = isList(details) ? (details[1] ?? null) : null
  const inputs = decodeInput(text(detail, 'inputs'))
  if (!isObject(inputs)) throw new Error('inputs are no object')

  const run = runOfRecording(field(body, 'data'), inputs)
  const call = {
    taskId: text(body, 'task_id'),
    runId: run.runId,
    workflowId: run.versionId,
    appId: '',
    user: '',
    userId: '',
  }
  expect(blockingBody(call, run)).toBe(encodeAnswer(body))
  // The recorded server writes the detail a moment later, with times of its own.
  const later = runOfRecording(detail, inputs)
  const system = { 'sys.timestamp': field(inputs, 'sys.timestamp') }
  expect(runDetail({ ...later, startedAt: Math.max(later.startedAt, Number(system['sys.timestamp']) * 1000) })).toBe(
    encodeAnswer(detail),
  )
})
