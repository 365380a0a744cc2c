import { clampEventTime } from '../engine/situation/event-time.ts'
import type { BatchResult } from '../engine/ports/durable.ts'
import type { Decision } from '../schemas/decision.ts'
import type { Event } from '../schemas/event.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { Plan } from '../schemas/plan.ts'
import { sha256 } from './identity.ts'
import type { Item } from './item.ts'
import type { Dead, Drop } from './outcome.ts'

type Ending = Pick<Decision, 'status' | 'errorCode' | 'errorMessage' | 'duplicateOf'>
type Verdict = Pick<
  Decision,
  'label' | 'labels' | 'score' | 'action' | 'reason' | 'policyId' | 'policyClause' | 'policyVersion'
>

const noVerdict: Verdict = {
  label: '',
  labels: [],
  score: 0,
  action: '',
  reason: '',
  policyId: '',
  policyClause: '',
  policyVersion: 0,
}

const decided: Ending = { status: 'decided', errorCode: '', errorMessage: '', duplicateOf: '' }

const previewLength = 500
const messageLength = 2_000

/** The terminal row of one record. `now` is the time of the decision, milliseconds since the epoch. */
export function decisionOf(pipeline: Pipeline, plan: Plan, item: Item, now: number): Decision {
  const { record, event, result } = item
  const run = result?.run
  const data = event?.data ?? {}
  return {
    v: 1,
    workspace: pipeline.workspace,
    pipeline: pipeline.id,
    source: pipeline.source,
    incarnation: pipeline.incarnation,
    partition: record.partition,
    offset: record.offset,
    purpose: 'live',
    jobId: '',
    revision: 1,
    ...endingOf(item),
    appId: pipeline.appId,
    versionId: plan.versionId,
    planId: plan.id,
    runId: run?.runId ?? '',
    eventId: event?.id ?? '',
    eventType: event?.type ?? '',
    subject: event?.subject ?? '',
    ...timeOf(event, record.timestamp),
    receivedAt: record.timestamp,
    decidedAt: now,
    payloadHash: sha256(record.value),
    surface: textOf(data['surface']),
    reportReason: textOf(data['reason']),
    language: textOf(data['language']),
    preview: cut(textOf(data['text']), previewLength),
    ...(run?.verdict ?? noVerdict),
    attempts: result?.attempts ?? 0,
    latencyMs: Math.max(0, now - record.timestamp),
    runMs: run?.elapsedMs ?? 0,
    tokens: run?.tokens ?? 0,
    cost: run?.cost ?? 0,
  }
}

function endingOf(item: Item): Ending {
  if (item.ended !== undefined) return endedEarly(item.ended)
  if (item.result === undefined)
    throw new Error(`record ${item.record.partition}/${item.record.offset} has neither run nor reason`)
  return endedRun(item.result)
}

function endedEarly(ended: Drop | Dead): Ending {
  return {
    status: ended.kind === 'dead' ? 'dead-lettered' : 'filtered',
    errorCode: ended.code,
    errorMessage: cut(ended.message, messageLength),
    duplicateOf: ended.kind === 'drop' ? ended.duplicateOf : '',
  }
}

function endedRun({ run, retriesExhausted }: BatchResult): Ending {
  if (run.status === 'succeeded' || run.status === 'partial-succeeded') return decided
  return {
    status: 'dead-lettered',
    errorCode: run.status === 'stopped' ? 'run-stopped' : retriesExhausted ? 'retries-exhausted' : 'node-failed',
    errorMessage: cut(run.error ?? `the run ended as ${run.status}`, messageLength),
    duplicateOf: '',
  }
}

function timeOf(event: Event | undefined, receivedAt: number): { eventTime: number; timeClamped: boolean } {
  return event === undefined ? { eventTime: receivedAt, timeClamped: false } : clampEventTime(event.time, receivedAt)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** At most `length` UTF-16 units, never half a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}
