import type { EventRecord, RunRecord } from '../../schemas/api/situation.ts'
import type { ModelCall } from '../../schemas/model-call.ts'
import type { NodeRun } from '../../schemas/node-run.ts'
import type { Position } from '../../schemas/position.ts'
import type { AnalyticsQuery } from '../ports/analytics.ts'

const dayMs = 86_400_000
const millis = (column: string): string => `toUnixTimestamp64Milli(fact.${column})`

/** When a run is expected to have started, so that only those days are read. Milliseconds. */
export interface RunTime {
  readonly from: number
  readonly to: number
}

/** A run of an event that was received and decided at these times started between, clocks being a day apart at most. */
export function runTimeOf(decision: { readonly receivedAt: number; readonly decidedAt: number }): RunTime {
  return { from: decision.receivedAt - dayMs, to: decision.decidedAt + dayMs }
}

/** `eventId` is empty where the record could not be read as an event. */
export type EventFactRow = Omit<EventRecord, 'payload'> & { readonly eventId: string; readonly payload: string }

export function eventQuery(position: Position): AnalyticsQuery {
  return {
    sql: `
      SELECT source, incarnation, \`partition\` AS partition, \`offset\` AS offset, ${millis('received_at')} AS receivedAt,
        ${millis('event_time')} AS eventTime, time_clamped AS timeClamped, event_id AS eventId, payload, error_code AS errorCode,
        error_message AS errorMessage
      FROM events AS fact
      WHERE workspace = {workspace:String} AND source = {source:String} AND incarnation = {incarnation:UInt32}
        AND \`partition\` = {partition:UInt32} AND \`offset\` = {offset:UInt64}
      LIMIT 1`,
    parameters: {
      source: position.source,
      incarnation: position.incarnation,
      partition: position.partition,
      offset: position.offset,
    },
  }
}

export type RunFactRow = Omit<RunRecord, 'inputs' | 'outputs' | 'verdict' | 'nodes' | 'modelCalls'> & {
  readonly inputs: string
  readonly outputs: string
  readonly verdict: string
}

export function runQuery(runId: string, time: RunTime): AnalyticsQuery {
  return {
    sql: `
      SELECT run_id AS runId, app_id AS appId, version_id AS versionId, purpose, user, status, inputs, outputs,
        nullIf(error, '') AS error, nullIf(error_node, '') AS errorNode, verdict, ${millis('started_at')} AS startedAt,
        ${millis('finished_at')} AS finishedAt, elapsed_ms AS elapsedMs, steps, exceptions, tokens, cost
      FROM runs AS fact
      WHERE ${ofRun}
      ORDER BY started_at DESC
      LIMIT 1`,
    parameters: { runId, ...time },
  }
}

type JsonFields = 'inputs' | 'processData' | 'outputs'
export type NodeRunFactRow = Omit<NodeRun, JsonFields> & Readonly<Record<JsonFields, string>>

export function nodeRunsQuery(runId: string, time: RunTime): AnalyticsQuery {
  return {
    sql: `
      SELECT id, node_id AS nodeId, node_type AS nodeType, title, \`index\` AS index, status, inputs,
        process_data AS processData, outputs, nullIf(error, '') AS error, nullIf(error_type, '') AS errorType,
        nullIf(handle, '') AS handle, attempts, ${millis('started_at')} AS startedAt, elapsed_ms AS elapsedMs, tokens, cost
      FROM node_runs AS fact
      WHERE ${ofRun}
      ORDER BY fact.\`index\`
      LIMIT 10000`,
    parameters: { runId, ...time },
  }
}

export function modelCallsQuery(runId: string, time: RunTime): AnalyticsQuery {
  return {
    sql: `
      SELECT id, node_id AS nodeId, provider, model, kind, status, nullIf(error, '') AS error,
        prompt_tokens AS promptTokens, completion_tokens AS completionTokens, cost, ${millis('started_at')} AS startedAt,
        elapsed_ms AS elapsedMs, first_token_ms AS firstTokenMs
      FROM model_calls AS fact
      WHERE ${ofRun}
      ORDER BY fact.started_at, id
      LIMIT 10000`,
    parameters: { runId, ...time },
  }
}

const ofRun = `workspace = {workspace:String} AND run_id = {runId:String}
        AND started_at BETWEEN fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND fromUnixTimestamp64Milli({to:Int64}, 'UTC')`

export function eventRecord({ eventId, payload, ...record }: EventFactRow): EventRecord {
  return { ...record, payload: eventId === '' ? payload : parsed(payload) }
}

export function runRecord(
  run: RunFactRow,
  nodes: readonly NodeRunFactRow[],
  calls: readonly ModelCall[],
  read: ReadJson = JSON.parse,
): RunRecord {
  const value = (text: string): unknown => (text === '' ? null : read(text))
  return {
    ...run,
    // What `runRow` wrote: JSON objects.
    inputs: (value(run.inputs) ?? {}) as RunRecord['inputs'],
    outputs: value(run.outputs) as RunRecord['outputs'],
    verdict: parsed(run.verdict) as RunRecord['verdict'],
    nodes: nodes.map(node => ({
      ...node,
      inputs: value(node.inputs),
      processData: value(node.processData),
      outputs: value(node.outputs),
    })),
    modelCalls: [...calls],
  }
}

/** How the JSON of inputs and outputs is read: plainly, or so that 1 and 1.0 stay apart. */
export type ReadJson = (text: string) => unknown

/** JSON as `rows.ts` writes it: empty for null. */
function parsed(text: string): unknown {
  return text === '' ? null : JSON.parse(text)
}
