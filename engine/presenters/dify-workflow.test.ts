import { expect, test } from 'vitest'
import type { NodeRun } from '../../schemas/node-run.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { Run } from '../../schemas/run.ts'
import { decodeInput } from '../values/codec.ts'
import { FileValue } from '../values/value.ts'
import { blockingBody, pingFrame, refusalFrames, runDetail, workflowFrame, workflowFrames } from './dify-workflow.ts'

const call = {
  taskId: 'task-1',
  runId: 'run-1',
  workflowId: 'version-1',
  appId: 'triage',
  user: 'u1',
  userId: 'user-1',
}
const at = 1_795_472_640_500

const nodeRun: NodeRun = {
  id: 'execution-1',
  nodeId: 'c',
  nodeType: 'code',
  title: 'Score',
  index: 2,
  status: 'succeeded',
  inputs: { n: 1n },
  processData: null,
  outputs: { ratio: 1.0, count: 2n },
  error: null,
  errorType: null,
  handle: null,
  attempts: 1,
  startedAt: at,
  elapsedMs: 12.3456,
  tokens: 0,
  cost: 0,
}

const run: Run = {
  v: 1,
  workspace: 'main',
  runId: 'run-1',
  appId: 'triage',
  versionId: 'version-1',
  purpose: 'live',
  user: 'u1',
  status: 'succeeded',
  inputs: { text: '你好', n: 1n },
  outputs: { ratio: 1.0, count: 2n },
  error: null,
  errorNode: null,
  verdict: null,
  startedAt: at,
  finishedAt: at + 750,
  elapsedMs: 750,
  steps: 3,
  exceptions: 0,
  tokens: 5,
  cost: 0,
  nodes: [],
  modelCalls: [],
}

/** The fields that tests look at one by one. */
interface Data {
  readonly execution_metadata?: unknown
  readonly outputs?: unknown
  readonly outputs_truncated?: unknown
  readonly files?: unknown
}

function dataOf(frame: string): Data {
  expect(frame).toMatch(/^data: \{.*\}\n\n$/)
  return JSON.parse(frame.slice(6)).data
}

async function framesOf(events: readonly RunEvent[]): Promise<string[]> {
  async function* feed() {
    yield* events
  }
  const frames: string[] = []
  for await (const frame of workflowFrames(call, feed())) frames.push(frame)
  return frames
}

test('a run is told frame by frame: ping first, numbers keep their kind', async () => {
  const frames = await framesOf([
    { type: 'run-started', sequence: 1, at, inputs: { n: 1n, f: 1.0, 'sys.user_id': 'u1' } },
    { type: 'node-started', sequence: 2, at, id: 'execution-1', nodeId: 'c', nodeType: 'code', title: 'Score' },
    { type: 'text-chunk', sequence: 3, at, text: '好\n', selector: ['c', 'ratio'] },
    { type: 'node-finished', sequence: 4, at, nodeRun },
    {
      type: 'run-finished',
      sequence: 5,
      at: at + 750,
      status: 'succeeded',
      outputs: { ratio: 1.0 },
      error: null,
      elapsedMs: 750,
      tokens: 0,
      steps: 2,
      exceptions: 0,
    },
  ])
  const ids = '"workflow_run_id":"run-1","task_id":"task-1"'
  expect(frames).toEqual([
    'event: ping\n\n',
    `data: {"event":"workflow_started",${ids},"data":{"id":"run-1","workflow_id":"version-1","inputs":{"n":1,"f":1.0,` +
      '"sys.user_id":"u1"},"created_at":1795472640,"reason":"initial"}}\n\n',
    `data: {"event":"node_started",${ids},"data":{"id":"execution-1","node_id":"c","node_type":"code","title":"Score",` +
      '"index":1,"predecessor_node_id":null,"inputs":null,"inputs_truncated":false,"created_at":1795472640,"extras":{},' +
      '"iteration_id":null,"loop_id":null,"agent_strategy":null}}\n\n',
    `data: {"event":"text_chunk",${ids},"data":{"text":"好\\n","from_variable_selector":["c","ratio"]}}\n\n`,
    `data: {"event":"node_finished",${ids},"data":{"id":"execution-1","node_id":"c","node_type":"code","title":"Score",` +
      '"index":1,"predecessor_node_id":null,"inputs":{"n":1},"inputs_truncated":false,"process_data":{},' +
      '"process_data_truncated":false,"outputs":{"ratio":1.0,"count":2},"outputs_truncated":false,"status":"succeeded",' +
      '"error":null,"elapsed_time":0.012346,"execution_metadata":null,"created_at":1795472640,"finished_at":1795472640,' +
      '"files":[],"iteration_id":null,"loop_id":null}}\n\n',
    `data: {"event":"workflow_finished",${ids},"data":{"id":"run-1","workflow_id":"version-1","status":"succeeded",` +
      '"outputs":{"ratio":1.0},"error":null,"elapsed_time":0.75,"total_tokens":0,"total_steps":2,' +
      '"created_by":{"id":"user-1","user":"u1"},"created_at":1795472640,"finished_at":1795472641,"exceptions_count":0,' +
      '"files":[]}}\n\n',
  ])
})

test('refused inputs take the shape without system inputs and without a caller', async () => {
  const frames = await framesOf([
    { type: 'run-started', sequence: 1, at, inputs: { t: 5n } },
    {
      type: 'run-finished',
      sequence: 2,
      at,
      status: 'failed',
      outputs: null,
      error: 't is required in input form',
      elapsedMs: 0,
      tokens: 0,
      steps: 0,
      exceptions: 0,
    },
  ])
  expect(frames).toEqual([
    pingFrame,
    ...refusalFrames({
      runId: 'run-1',
      workflowId: 'version-1',
      inputs: { t: 5n },
      error: 't is required in input form',
      at,
    }),
  ])
  expect(frames[1]).toContain('"task_id":"run-1","workflow_run_id":"run-1"')
  expect(dataOf(frames[2] ?? '')).toEqual({
    id: 'run-1',
    workflow_id: 'version-1',
    status: 'failed',
    outputs: null,
    error: 't is required in input form',
    elapsed_time: 0,
    total_tokens: 0,
    total_steps: 0,
    created_by: {},
    created_at: 1_795_472_640,
    finished_at: 1_795_472_640,
    exceptions_count: 1,
    files: [],
  })
  expect(frames[2]).toContain('"elapsed_time":0.0')
})

test('a run that was cut off still tells that it started', async () => {
  expect(await framesOf([{ type: 'run-started', sequence: 1, at, inputs: {} }])).toHaveLength(2)
})

test('a retry names its place and the failure; a handled failure names its strategy; tokens carry a price', () => {
  const retried = {
    type: 'node-retried',
    sequence: 4,
    at,
    retryIndex: 2,
    nodeRun: { ...nodeRun, status: 'failed', error: 'no' },
  } as const
  expect(dataOf(workflowFrame(call, retried))).toMatchObject({ status: 'retry', retry_index: 2, error: 'no' })
  const finished = (change: Partial<NodeRun>) =>
    dataOf(workflowFrame(call, { type: 'node-finished', sequence: 4, at, nodeRun: { ...nodeRun, ...change } }))
  expect(finished({ status: 'exception', handle: 'fail-branch', error: 'x' })).toMatchObject({
    error: 'Unknown error',
    execution_metadata: { error_strategy: 'fail-branch' },
  })
  expect(finished({ status: 'exception', handle: null }).execution_metadata).toEqual({
    error_strategy: 'default-value',
  })
  expect(finished({ tokens: 34, cost: 0.0000015 }).execution_metadata).toEqual({
    total_tokens: 34,
    total_price: '0.0000015',
    currency: 'USD',
  })
  expect(finished({ tokens: 34, cost: 20 }).execution_metadata).toMatchObject({ total_price: '20' })
})

test('files among the outputs are listed beside them', () => {
  const file = new FileValue({
    type: 'image',
    transferMethod: 'remote_url',
    name: 'a.png',
    extension: '.png',
    mimeType: 'image/png',
    size: 67,
    url: 'https://example.com/a.png',
    relatedId: '',
  })
  const outputs = { picture: file, more: [file, file], text: 'x' }
  const frame = workflowFrame(call, { type: 'node-finished', sequence: 4, at, nodeRun: { ...nodeRun, outputs } })
  const { files } = dataOf(frame)
  expect(files).toHaveLength(3)
  expect(files).toMatchObject([
    { filename: 'a.png', type: 'image', size: 67, url: 'https://example.com/a.png' },
    {},
    {},
  ])
})

test('what is too large for an event is cut and flagged; nothing else is', () => {
  const finished = (outputs: unknown) =>
    dataOf(workflowFrame(call, { type: 'node-finished', sequence: 4, at, nodeRun: { ...nodeRun, outputs } }))
  const whole = finished({ text: 'x'.repeat(100_000), list: Array.from({ length: 1_000 }, () => 1n) })
  expect(whole).toMatchObject({ outputs_truncated: false, inputs_truncated: false })
  const cut = finished({ text: 'x'.repeat(100_001), list: Array.from({ length: 1_001 }, () => 1n) })
  expect(cut.outputs_truncated).toBe(true)
  expect(cut.outputs).toEqual({ text: `${'x'.repeat(100_000)}...`, list: Array.from({ length: 1_000 }, () => 1) })
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, 'x'.repeat(90_000)]))
  const all = finished(many)
  expect(all.outputs_truncated).toBe(true)
  expect(JSON.stringify(all.outputs).length).toBeLessThan(1_100 * 1_024)
})

test('blocking body: failed runs have empty outputs', () => {
  expect(blockingBody(call, run)).toBe(
    '{"task_id":"task-1","workflow_run_id":"run-1","data":{"id":"run-1","workflow_id":"version-1","status":"succeeded",' +
      '"outputs":{"ratio":1.0,"count":2},"error":null,"elapsed_time":0.75,"total_tokens":5,"total_steps":3,' +
      '"created_at":1795472640,"finished_at":1795472641}}',
  )
  expect(JSON.parse(blockingBody(call, { ...run, status: 'failed', outputs: null, error: 'no' })).data).toMatchObject({
    outputs: {},
    error: 'no',
  })
})

test('run detail: inputs are JSON inside a text, as the server of record writes it', () => {
  const detail = decodeInput(runDetail(run))
  expect(detail).toEqual({
    id: 'run-1',
    workflow_id: 'version-1',
    status: 'succeeded',
    inputs:
      '{"text": "\\u4f60\\u597d", "n": 1, "sys.files": [], "sys.user_id": "u1", "sys.app_id": "triage", ' +
      '"sys.timestamp": 1795472640, "sys.workflow_id": "version-1", "sys.workflow_run_id": "run-1"}',
    outputs: { ratio: 1.0, count: 2n },
    error: null,
    total_steps: 3n,
    total_tokens: 5n,
    created_at: 1_795_472_640n,
    finished_at: 1_795_472_641n,
    elapsed_time: 0.75,
  })
})
