import type { Verdict } from '../../../schemas/decision.ts'
import { isList } from '../../values/object.ts'
import { pythonRepr } from '../../values/text.ts'
import type { ObjectValue, Value } from '../../values/value.ts'
import type { NodeCall, NodeOutcome, NodeType } from '../node.ts'
import { decideDefinition, type DecideData } from './definition.ts'

type Call = NodeCall<DecideData>

/** Decides by the first rule that fits. A label that means nothing applies takes the default action. */
export const decide: NodeType<DecideData> = {
  definition: decideDefinition,
  run(call) {
    const { data } = call
    const label = call.variable(data.label_selector)
    const score = call.variable(data.score_selector)
    const inputs: ObjectValue = { label: label ?? null, score: score ?? null }
    if (label === undefined) return failed(inputs, `Variable ${pythonRepr(data.label_selector)} not found`)
    if (label !== null && typeof label !== 'string')
      return failed(inputs, `label must be a string, got ${pythonRepr(label)}`)
    const probability = probabilityOf(score)
    if (probability === undefined) return failed(inputs, `score must be a number, got ${pythonRepr(score ?? null)}`)
    const verdict = decideOn(call, label ?? '', probability)
    return { ok: true, inputs, outputs: outputsOf(verdict), verdict }
  },
}

function failed(inputs: ObjectValue, error: string): NodeOutcome {
  return { ok: false, inputs, error, errorType: 'ValueError' }
}

/** Scores are probabilities: what lies outside [0, 1] is brought to its border. */
function probabilityOf(score: Value | undefined): number | undefined {
  const number = typeof score === 'bigint' ? Number(score) : score
  if (typeof number !== 'number' || Number.isNaN(number)) return undefined
  return Math.min(1, Math.max(0, number))
}

function decideOn(call: Call, given: string, score: number): Verdict {
  const { data } = call
  const label = given === data.none_label ? '' : given
  const labels = labelsOf(call, label)
  const policy = data.policies.find(entry => entry.label === label && label !== '')
  return {
    label,
    labels,
    score,
    action: actionOf(data, labels, score),
    reason: call.render(data.reason),
    policyId: policy?.policy_id ?? '',
    policyClause: policy?.clause_id ?? '',
    policyVersion: call.bindings.policies.find(({ id }) => id === policy?.policy_id)?.version ?? 0,
  }
}

/** The strongest label first, then the others that apply. */
function labelsOf(call: Call, label: string): string[] {
  const { labels_selector: selector, none_label: none } = call.data
  const others = selector == null ? undefined : call.variable(selector)
  if (label === '') return []
  const labels = new Set([label])
  if (isList(others)) {
    for (const other of others) if (typeof other === 'string' && other !== '' && other !== none) labels.add(other)
  }
  return [...labels]
}

function actionOf(data: DecideData, labels: readonly string[], score: number): string {
  if (labels.length === 0) return data.default_action
  const rule = data.rules.find(
    candidate =>
      score >= candidate.min_score &&
      (candidate.labels.length === 0 || candidate.labels.some(label => labels.includes(label))),
  )
  return rule?.action ?? data.default_action
}

function outputsOf(verdict: Verdict): ObjectValue {
  return {
    label: verdict.label,
    labels: verdict.labels,
    score: verdict.score,
    action: verdict.action,
    reason: verdict.reason,
    policy_id: verdict.policyId,
    policy_clause: verdict.policyClause,
    policy_version: BigInt(verdict.policyVersion),
  }
}
