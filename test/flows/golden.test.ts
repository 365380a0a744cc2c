import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compile } from '../../engine/graph/compile.ts'
import { readDocument } from '../../engine/graph/document.ts'
import { nodeTypeOf } from '../../engine/nodes/index.ts'
import { isList, isObject } from '../../engine/values/object.ts'
import { toJs } from '../../engine/values/codec.ts'
import type { Value } from '../../engine/values/value.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import { object, readRecording, replay, text, type Recording } from '../support/golden-replay.ts'

/** Transcripts of a real server: our interpreter must come to the same statuses, outputs, errors, texts and steps. */
const folder = fileURLToPath(new URL('../../../shared/golden/dify/', import.meta.url))
const cases = existsSync(folder) ? readdirSync(folder).filter(name => existsSync(`${folder}${name}/app.yml`)) : []
/** Their streams hold links that are signed anew each time. */
const signed = new Set(['g10_http_attach', 'g10_http_png'])
/** Values that the recorded server made up. */
const volatile = /^(sys\.)?(app_id|workflow_id|workflow_run_id|timestamp)$/

interface Shape {
  bag: Record<string, number>
  nodes: Record<string, unknown[]>
  text: string
  final: unknown
}

function plain(value: Value | undefined): unknown {
  if (value === undefined) return null
  if (typeof value === 'string') return value.length > 2_000 ? `${value.slice(0, 60)}...<${value.length} chars>` : value
  if (isList(value)) return value.map(plain)
  if (!isObject(value)) return toJs(value)
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (volatile.test(key) ? [] : [[key, plain(item)]])),
  )
}

/** Texts that name the recorded server’s insides: any text will do. */
function errorOf(value: Value | undefined, recorded: boolean): unknown {
  if (typeof value !== 'string') return null
  return recorded && /Traceback|process exited|PluginInvokeError/.test(value) ? expect.any(String) : value
}

function recordedShape(events: Recording['events'] & object): Shape {
  const shape: Shape = { bag: {}, nodes: {}, text: '', final: null }
  for (const event of events) {
    const name = text(event['event'])
    const data = object(event['data'])
    if (name === 'text_chunk') shape.text += text(data['text'])
    else count(shape, `${name}:${text(data['node_id'])}`)
    if (name === 'node_finished') {
      const { node_type: type, status, error, outputs } = data
      note(shape, text(data['node_id']), { type, status, error: errorOf(error, true), outputs: plain(outputs) })
    }
    if (name === 'workflow_finished') {
      const { status, error, outputs, total_steps: steps, exceptions_count: exceptions } = data
      shape.final = {
        status,
        error: errorOf(error, true),
        outputs: plain(outputs),
        steps: Number(steps),
        exceptions: Number(exceptions),
      }
    }
  }
  return shape
}

const eventNames: Partial<Record<RunEvent['type'], string>> = {
  'run-started': 'workflow_started',
  'node-started': 'node_started',
  'node-retried': 'node_retry',
  'node-finished': 'node_finished',
  'run-finished': 'workflow_finished',
}

function ownShape(events: readonly RunEvent[]): Shape {
  const shape: Shape = { bag: {}, nodes: {}, text: '', final: null }
  for (const event of events) {
    if (event.type === 'text-chunk') {
      shape.text += event.text
      continue
    }
    const nodeId = 'nodeRun' in event ? event.nodeRun.nodeId : 'nodeId' in event ? event.nodeId : ''
    count(shape, `${eventNames[event.type] ?? ''}:${nodeId}`)
    if (event.type === 'node-finished') {
      const { nodeType: type, status, outputs } = event.nodeRun
      // The recorded server tells clients nothing of an error that a strategy handled.
      const error = status === 'exception' ? 'Unknown error' : event.nodeRun.error
      note(shape, nodeId, { type, status, error, outputs: plain(outputs as Value) }) // a value, as the run keeps it
    }
    if (event.type === 'run-finished') {
      const { status, error, outputs, steps, exceptions } = event
      shape.final = { status, error, outputs: plain(outputs as Value), steps, exceptions } // a value, as the run keeps it
    }
  }
  return shape
}

function count(shape: Shape, key: string): void {
  shape.bag[key] = (shape.bag[key] ?? 0) + 1
}

function note(shape: Shape, nodeId: string, entry: unknown): void {
  shape.nodes[nodeId] = [...(shape.nodes[nodeId] ?? []), entry]
}

describe.skipIf(cases.length === 0)('recorded runs', () => {
  for (const name of cases) {
    const read = readDocument(readFileSync(`${folder}${name}/app.yml`, 'utf8'))
    const workflow = read.document?.workflow
    const known = workflow?.nodes.every(node => nodeTypeOf(String(node.data['type'])) !== undefined) === true
    const runs = readdirSync(`${folder}${name}`).filter(file => /^run\d+\.(streaming|blocking)\.json$/.test(file))
    const able = known && !signed.has(name) && read.document?.app.mode === 'workflow' && runs.length > 0
    describe.skipIf(!able)(name, () => {
      for (const file of runs) it(file, () => replayOne(name, file))
    })
  }
})

function replayOne(name: string, file: string): void {
  const { document } = readDocument(readFileSync(`${folder}${name}/app.yml`, 'utf8'))
  const compiled = document === null ? undefined : compile(document)
  if (compiled?.ok !== true) return expect(compiled?.problems).toEqual([])
  const recording = readRecording(`${folder}${name}/${file}`)
  const streamed = `${folder}${name}/${file.replace('blocking', 'streaming')}`
  const twin =
    recording.events === undefined && existsSync(streamed) ? readRecording(streamed).events : recording.events
  const answers = (twin ?? [])
    .filter(event => /^node_(finished|retry)$/.test(text(event['event'])))
    .map(event => object(event['data']))
  const effects = compiled.graph.nodes.some(node => node.effect === 'recorded')
  // What a node with an effect answered is only in the stream.
  if (effects && twin === undefined) return expect(recording.events).toBeUndefined()
  const { state, events } = replay(compiled.graph, recording, answers)
  if (recording.events !== undefined) return expect(ownShape(events)).toEqual(recordedShape(recording.events))
  if (recording.status === 400)
    return expect(state).toMatchObject({ status: 'failed', error: recording.body['message'], steps: 0 })
  const { status, error, outputs, total_steps: steps } = object(recording.body['data'])
  const retried = answers.some(answer => answer['status'] === 'retry')
  // The recorded blocking run met a server that had recovered meanwhile.
  if (retried) return expect(state.status).toBe('partial-succeeded')
  // Answers from outside come from the streamed twin: other addresses, other trace ids, so only the names can agree.
  const shown = (value: Value | undefined): unknown => (effects ? Object.keys(object(value)) : plain(value))
  expect({ status: state.status, error: state.error, outputs: shown(state.result ?? {}), steps: state.steps }).toEqual({
    status,
    error: errorOf(error, true),
    outputs: shown(outputs),
    steps: Number(steps),
  })
}

describe.skipIf(cases.length === 0)('recorded imports', () => {
  for (const name of cases.filter(candidate => existsSync(`${folder}${candidate}/meta.json`))) {
    it(name, () => {
      // Our recording: `import` is [http status, body].
      const meta = JSON.parse(readFileSync(`${folder}${name}/meta.json`, 'utf8')) as {
        import?: [number, { status: string }]
      }
      const read = readDocument(readFileSync(`${folder}${name}/app.yml`, 'utf8'))
      expect(read.status).toBe(meta.import?.[1].status)
    })
  }
})
