import type { Decision } from '../../schemas/decision.ts'
import type { Event } from '../../schemas/event.ts'
import type { Run } from '../../schemas/run.ts'
import { encodeAnswer } from '../values/codec.ts'
import type { Value } from '../values/value.ts'

/** An object of the format JSONEachRow; its keys are columns of a table of facts. */
export type Row = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** Tables of facts, by the name that `Analytics.insert` takes. */
export const factTables = ['events', 'decisions', 'runs', 'node_runs', 'model_calls'] as const

export type FactTable = (typeof factTables)[number]

/** Where an event stood, and how it could be read. Times are milliseconds since the epoch. */
export interface EventFacts {
  readonly workspace: string
  readonly source: string
  readonly incarnation: number
  readonly partition: number
  readonly offset: number
  readonly receivedAt: number
  /** As `clampEventTime` gives it. */
  readonly eventTime: number
  readonly timeClamped: boolean
  /**
   * The event, or the raw record with the reason why it is none. `text` is the event as it came, which keeps what parsing
   * loses (1.0, long integers); an event with an error has wrong data.
   */
  readonly body:
    | { readonly event: Event; readonly text?: string; readonly errorCode?: string; readonly errorMessage?: string }
    | { readonly raw: string; readonly errorCode: string; readonly errorMessage: string }
}

/** Where a run came from. All fields are absent for runs by API. */
export interface RunOrigin {
  readonly pipeline?: string
  readonly source?: string
  readonly incarnation?: number
  readonly partition?: number
  readonly offset?: number
}

export function eventRow(facts: EventFacts): Row {
  const { body } = facts
  const event = 'event' in body ? body.event : undefined
  return {
    workspace: facts.workspace,
    source: facts.source,
    incarnation: facts.incarnation,
    partition: facts.partition,
    offset: facts.offset,
    received_at: facts.receivedAt,
    event_time: facts.eventTime,
    time_clamped: facts.timeClamped,
    event_id: event?.id ?? '',
    event_type: event?.type ?? '',
    subject: event?.subject ?? '',
    payload: 'raw' in body ? body.raw : (body.text ?? JSON.stringify(event)),
    error_code: body.errorCode ?? '',
    error_message: body.errorMessage ?? '',
  }
}

/** The row of a decision. A correction also writes `retraction` of the row it replaces. */
export function decisionRow(decision: Decision): Row {
  return decisionFacts(decision, 1)
}

/** Takes an earlier revision out of every count. `decision` is that revision, as it was written. */
export function retractionRow(decision: Decision): Row {
  return decisionFacts(decision, -1)
}

function decisionFacts(decision: Decision, sign: 1 | -1): Row {
  return {
    workspace: decision.workspace,
    pipeline: decision.pipeline,
    source: decision.source,
    incarnation: decision.incarnation,
    partition: decision.partition,
    offset: decision.offset,
    purpose: decision.purpose,
    job_id: decision.jobId,
    revision: decision.revision,
    sign,
    status: decision.status,
    app_id: decision.appId,
    version_id: decision.versionId,
    plan_id: decision.planId,
    run_id: decision.runId,
    event_id: decision.eventId,
    event_type: decision.eventType,
    subject: decision.subject,
    event_time: decision.eventTime,
    time_clamped: decision.timeClamped,
    received_at: decision.receivedAt,
    decided_at: decision.decidedAt,
    payload_hash: decision.payloadHash,
    surface: decision.surface,
    report_reason: decision.reportReason,
    language: decision.language,
    preview: decision.preview,
    label: decision.label,
    labels: decision.labels,
    score: decision.score,
    action: decision.action,
    reason: decision.reason,
    policy_id: decision.policyId,
    policy_clause: decision.policyClause,
    policy_version: decision.policyVersion,
    error_code: decision.errorCode,
    error_message: decision.errorMessage,
    duplicate_of: decision.duplicateOf,
    attempts: decision.attempts,
    latency_ms: decision.latencyMs,
    run_ms: decision.runMs,
    tokens: decision.tokens,
    cost: decision.cost,
  }
}

/** A run that has ended. */
export function runRow(run: Run, origin: RunOrigin = {}): Row {
  return {
    workspace: run.workspace,
    run_id: run.runId,
    app_id: run.appId,
    version_id: run.versionId,
    purpose: run.purpose,
    user: run.user,
    pipeline: origin.pipeline ?? '',
    source: origin.source ?? '',
    incarnation: origin.incarnation ?? 0,
    partition: origin.partition ?? 0,
    offset: origin.offset ?? 0,
    status: run.status,
    inputs: valueText(run.inputs),
    outputs: valueText(run.outputs),
    error: run.error ?? '',
    error_node: run.errorNode ?? '',
    verdict: run.verdict === null ? '' : JSON.stringify(run.verdict),
    started_at: run.startedAt,
    finished_at: run.finishedAt ?? run.startedAt,
    elapsed_ms: run.elapsedMs,
    steps: run.steps,
    exceptions: run.exceptions,
    tokens: run.tokens,
    cost: run.cost,
  }
}

// Rows are plain literals: an object that is spread together from others is many times slower to make and to write.

export function nodeRunRows(run: Run): Row[] {
  return run.nodes.map(node => ({
    workspace: run.workspace,
    run_id: run.runId,
    app_id: run.appId,
    version_id: run.versionId,
    purpose: run.purpose,
    id: node.id,
    node_id: node.nodeId,
    node_type: node.nodeType,
    title: node.title,
    index: node.index,
    status: node.status,
    inputs: valueText(node.inputs),
    process_data: valueText(node.processData),
    outputs: valueText(node.outputs),
    error: node.error ?? '',
    error_type: node.errorType ?? '',
    handle: node.handle ?? '',
    attempts: node.attempts,
    started_at: node.startedAt,
    elapsed_ms: node.elapsedMs,
    tokens: node.tokens,
    cost: node.cost,
  }))
}

export function modelCallRows(run: Run): Row[] {
  return run.modelCalls.map(call => ({
    workspace: run.workspace,
    run_id: run.runId,
    app_id: run.appId,
    version_id: run.versionId,
    purpose: run.purpose,
    id: call.id,
    node_id: call.nodeId,
    provider: call.provider,
    model: call.model,
    kind: call.kind,
    status: call.status,
    error: call.error ?? '',
    prompt_tokens: call.promptTokens,
    completion_tokens: call.completionTokens,
    cost: call.cost,
    started_at: call.startedAt,
    elapsed_ms: call.elapsedMs,
    first_token_ms: call.firstTokenMs,
  }))
}

const encoder = new TextEncoder()

/** Rows as the bytes that `Analytics.insert` takes. One string and one conversion: several times faster than a row at a time. */
export function encodeRows(rows: readonly Row[]): Uint8Array {
  return encoder.encode(rows.map(row => JSON.stringify(row)).join('\n'))
}

/** JSON text of a workflow value, in which 1 and 1.0 stay apart; empty where there is none. */
function valueText(value: unknown): string {
  // Runs carry inputs and outputs as values, which the schema of a run calls unknown.
  return value === null || value === undefined ? '' : encodeAnswer(value as Value)
}
