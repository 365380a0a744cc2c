import type { ModelCall } from '../../../schemas/model-call.ts'
import { codeOf, messageOf } from '../../error.ts'
import type { ClassifyRequest, ClassifyResult } from '../../ports/models.ts'
import { textOf } from '../../values/text.ts'
import type { ObjectValue } from '../../values/value.ts'
import type { NodeCall, NodeOutcome, NodeType } from '../node.ts'
import { classifierDefinition, type ClassifierData } from './definition.ts'

type Call = NodeCall<ClassifierData>

interface Attempt {
  readonly call: Call
  readonly request: ClassifyRequest
  readonly inputs: ObjectValue
  readonly startedAt: number
  readonly from: number
}

/** Answers at once where the classifier is in memory; only its first use has to wait. */
export const classifier: NodeType<ClassifierData> = {
  definition: classifierDefinition,
  run(call) {
    const { data, services } = call
    const value = call.variable(data.query_variable_selector)
    const text = value === undefined ? '' : textOf(value)
    const request = { workspace: call.workspace, classifier: data.classifier, version: versionOf(call), text }
    const inputs = { query: text }
    const attempt = { call, request, inputs, startedAt: services.clock.now(), from: services.clock.monotonic() }
    if (value === undefined)
      return failed(attempt, `Variable ${data.query_variable_selector.join('.')} not found`, 'ValueError')
    return classify(attempt)
  },
}

function classify(attempt: Attempt): NodeOutcome | Promise<NodeOutcome> {
  const { models } = attempt.call.services
  const answer = models.classifyNow?.(attempt.request)
  if (answer !== undefined) return succeeded(attempt, answer)
  return models.classify(attempt.request).then(
    result => succeeded(attempt, result),
    (error: unknown) => failed(attempt, messageOf(error), codeOf(error) ?? 'InternalError', isTransient(error)),
  )
}

/** What the document asks for, else what the app version was bound to when it was published; 0 for a draft. */
function versionOf({ data, bindings }: Call): number {
  if (data.version > 0) return data.version
  return bindings.classifiers.find(({ name }) => name === data.classifier)?.version ?? 0
}

function succeeded(attempt: Attempt, result: ClassifyResult): NodeOutcome {
  const { request, inputs, call } = attempt
  const [winner] = result.labels
  return {
    ok: true,
    inputs,
    processData: {
      classifier: request.classifier,
      version: BigInt(result.classifierVersion),
      notes: (result.notes ?? []).map(note => ({ ...note, count: BigInt(note.count) })),
    },
    outputs: {
      label: winner?.label ?? '',
      score: rounded(winner?.probability ?? 0),
      labels: result.labels.filter(({ probability }) => probability >= call.data.threshold).map(({ label }) => label),
      probabilities: Object.fromEntries(result.labels.map(({ label, probability }) => [label, rounded(probability)])),
      normalised: result.normalised,
      evidence: result.evidence.map(({ feature, weight }) => ({ feature, weight })),
    },
    modelCalls: [modelCall(attempt, `${request.classifier}@${result.classifierVersion}`, null)],
  }
}

/** Four places: more would claim a precision that no calibration has. */
function rounded(probability: number): number {
  return Math.round(probability * 10_000) / 10_000
}

function failed(attempt: Attempt, error: string, errorType: string, transient = false): NodeOutcome {
  const { inputs, request } = attempt
  return { ok: false, inputs, error, errorType, transient, modelCalls: [modelCall(attempt, request.classifier, error)] }
}

function modelCall({ call, startedAt, from }: Attempt, model: string, error: string | null): ModelCall {
  return {
    id: call.services.ids.uuid(),
    nodeId: call.nodeId,
    provider: 'local',
    model,
    kind: 'classifier',
    status: error === null ? 'succeeded' : 'failed',
    error,
    promptTokens: 0,
    completionTokens: 0,
    cost: 0,
    startedAt,
    elapsedMs: Math.max(0, call.services.clock.monotonic() - from),
    firstTokenMs: null,
  }
}

function isTransient(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'transient' in error && error.transient === true
}
