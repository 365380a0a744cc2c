import { describe, expect, it } from 'vitest'
import { nodeCall } from '../../../test/support/node-call.ts'
import type { Value } from '../../values/value.ts'
import { decide } from './run.ts'

const data = {
  label_selector: ['c', 'label'],
  score_selector: ['c', 'score'],
  labels_selector: ['c', 'labels'],
  policies: [{ label: 'spam', policy_id: 'p1', clause_id: 'ads' }],
  rules: [
    { labels: ['spam', 'fraud'], min_score: 0.9, action: 'remove' },
    { labels: [], min_score: 0.5, action: 'review' },
  ],
  default_action: 'keep',
  reason: '{{#c.label#}} at {{#c.score#}}',
}

function run(variables: Record<string, Value>): unknown {
  const bindings = { models: [], classifiers: [], policies: [{ id: 'p1', version: 4 }] }
  return decide.run(nodeCall(decide, data, { variables, bindings }))
}

describe('decide', () => {
  it('takes the first rule that fits and names policy, clause and version', () => {
    expect(run({ 'c.label': 'spam', 'c.score': 0.95 })).toMatchObject({
      ok: true,
      verdict: {
        label: 'spam',
        labels: ['spam'],
        score: 0.95,
        action: 'remove',
        reason: 'spam at 0.95',
        policyId: 'p1',
        policyClause: 'ads',
        policyVersion: 4,
      },
    })
    expect(run({ 'c.label': 'spam', 'c.score': 0.6 })).toMatchObject({ verdict: { action: 'review' } })
    expect(run({ 'c.label': 'spam', 'c.score': 0.4 })).toMatchObject({ verdict: { action: 'keep' } })
  })

  it('lets a rule fit any label that applies', () => {
    expect(run({ 'c.label': 'hate', 'c.score': 0.95, 'c.labels': ['hate', 'fraud', 'none', ''] })).toMatchObject({
      verdict: { label: 'hate', labels: ['hate', 'fraud'], action: 'remove', policyId: '', policyVersion: 0 },
    })
  })

  it.each(['none', '', null] as const)('takes the default action when nothing applies: %o', label => {
    expect(run({ 'c.label': label, 'c.score': 1, 'c.labels': ['spam'] })).toMatchObject({
      verdict: { label: '', labels: [], action: 'keep' },
    })
  })

  it.each([
    [1.0001, 1],
    [-3, 0],
    [2n, 1],
    [Number.POSITIVE_INFINITY, 1],
  ])('brings the score %d into [0, 1]', (score, clamped) => {
    expect(run({ 'c.label': 'spam', 'c.score': score })).toMatchObject({
      outputs: { score: clamped },
      verdict: { score: clamped },
    })
  })

  it.each([
    [{ 'c.label': 'spam', 'c.score': '0.9' }, "score must be a number, got '0.9'"],
    [{ 'c.label': 'spam', 'c.score': Number.NaN }, 'score must be a number, got nan'],
    [{ 'c.label': 'spam' }, 'score must be a number, got None'],
    [{ 'c.label': 1n, 'c.score': 1 }, 'label must be a string, got 1'],
    [{ 'c.score': 1 }, "Variable ['c', 'label'] not found"],
  ])('fails for %o', (variables, error) => expect(run(variables)).toMatchObject({ ok: false, error }))
})
