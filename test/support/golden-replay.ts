import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import type { Graph } from '../../engine/graph/graph.ts'
import type { NodeOutcome, NodeServices } from '../../engine/nodes/node.ts'
import { advance } from '../../engine/run/execute.ts'
import { hasEnded, type Command, type Completion, type Progress, type RunState } from '../../engine/run/state.ts'
import { begin, step } from '../../engine/run/step.ts'
import { decodeInput } from '../../engine/values/codec.ts'
import { getKey, isList, isObject } from '../../engine/values/object.ts'
import type { ObjectValue, Value } from '../../engine/values/value.ts'
import type { RunEvent } from '../../schemas/run-event.ts'

/** A recorded exchange, integers and floats apart. */
export interface Recording {
  readonly status: number
  readonly inputs: ObjectValue
  readonly user: string
  /** Of a streaming run, without pings; undefined for a blocking one. */
  readonly events: readonly ObjectValue[] | undefined
  readonly body: ObjectValue
}

export function readRecording(file: string): Recording {
  // The recorded server writes NaN, which is no JSON; where it does, we answer null.
  const recording = object(decodeInput(readFileSync(file, 'utf8').replaceAll(/: NaN\b/g, ': null')))
  const request = object(object(recording['request'])['body'])
  const events = recording['events']
  return {
    status: Number(recording['status']),
    inputs: object(request['inputs']),
    user: text(request['user']),
    events: isList(events) ? events.map(object).filter(event => 'event' in event) : undefined,
    body: object(recording['body']),
  }
}

export function object(value: Value | undefined): ObjectValue {
  return value !== undefined && isObject(value) ? value : {}
}

export function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : ''
}

export interface Replay {
  readonly state: RunState
  readonly events: readonly RunEvent[]
}

/**
 * Runs a graph without the world: pure nodes really run, nodes with an effect answer what the recording says they
 * answered, retries included.
 */
export function replay(graph: Graph, recording: Recording, answers: readonly ObjectValue[]): Replay {
  const context = {
    workspace: 'main',
    runId: 'run',
    appId: 'app',
    versionId: 'version',
    purpose: 'debug',
    user: recording.user,
    events: true,
    traces: true,
  } as const
  const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() }
  const options = {
    // Pure nodes meet no service but the clock.
    services: { clock } as unknown as NodeServices,
    bindings: { models: [], classifiers: [], policies: [] },
    signal: new AbortController().signal,
  }
  const events: RunEvent[] = []
  const queue: Command[] = []
  const scripts = new Map<string, ObjectValue[]>()
  for (const answer of answers)
    scripts.set(text(answer['node_id']), [...(scripts.get(text(answer['node_id'])) ?? []), answer])
  const absorb = (progress: Progress): void => {
    const settled = advance(graph, progress, options)
    events.push(...settled.events)
    queue.push(...settled.commands)
  }
  const start = begin(graph, context, recording.inputs, Date.now())
  absorb(start)
  for (let command = queue.shift(); command !== undefined && !hasEnded(start.state); command = queue.shift()) {
    absorb(step(graph, start.state, completionOf(graph, command, scripts), Date.now()))
  }
  return { state: start.state, events }
}

function completionOf(graph: Graph, command: Command, scripts: ReadonlyMap<string, ObjectValue[]>): Completion {
  const { node, attempt } = command
  if (command.kind === 'wait') return { kind: 'timer', node, attempt }
  const id = graph.nodes[node]?.id ?? ''
  const answer = scripts.get(id)?.shift()
  if (answer === undefined) throw new Error(`the recording has no answer of node ${id}`)
  return { kind: 'node-finished', node, attempt, outcome: outcomeOf(answer), startedAt: 0, elapsedMs: 0 }
}

function outcomeOf(answer: ObjectValue): NodeOutcome {
  const outputs = object(answer['outputs'])
  const inputs = object(answer['inputs'])
  if (answer['status'] === 'succeeded') return { ok: true, inputs, outputs }
  const error = text(getKey(outputs, 'error_message')) || text(answer['error'])
  return { ok: false, inputs, error, errorType: text(getKey(outputs, 'error_type')), outputs }
}
