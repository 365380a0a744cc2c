import * as z from 'zod'
import { templateSelectors } from '../../expressions/template.ts'
import type { NodeDefinition } from '../node.ts'
import { SelectorSchema } from '../selector.ts'

const PolicyOfLabel = z.looseObject({ label: z.string(), policy_id: z.string(), clause_id: z.string().default('') })

const Rule = z.looseObject({
  labels: z.array(z.string()).default([]).describe('empty: any label'),
  min_score: z.number().min(0).max(1).default(0),
  action: z.string().min(1),
})

/** Turns a label and a score into a verdict. */
export const DecideData = z.looseObject({
  label_selector: SelectorSchema,
  score_selector: SelectorSchema,
  labels_selector: SelectorSchema.nullish().describe('all labels that apply, where a classifier gives several'),
  none_label: z.string().default('none').describe('the label that means: nothing applies'),
  policies: z.array(PolicyOfLabel).default([]),
  rules: z.array(Rule).default([]).describe('the first that fits decides'),
  default_action: z.string().min(1).default('allow'),
  reason: z.string().default(''),
})

export type DecideData = z.infer<typeof DecideData>

export const decideDefinition: NodeDefinition<DecideData> = {
  type: 'decide',
  title: { 'zh-CN': '判定', en: 'Decide' },
  description: {
    'zh-CN': '按规则把标签和分数变成判定：动作、理由、政策条款与版本',
    en: 'Turns label and score into a verdict by rules: action, reason, policy clause and version',
  },
  schema: DecideData,
  effect: 'pure',
  reads: data => [
    data.label_selector,
    data.score_selector,
    ...(data.labels_selector == null ? [] : [data.labels_selector]),
    ...templateSelectors(data.reason),
  ],
  outputs: () => ({
    label: 'string',
    labels: 'array[string]',
    score: 'number',
    action: 'string',
    reason: 'string',
    policy_id: 'string',
    policy_clause: 'string',
    policy_version: 'number',
  }),
  examples: [
    {
      data: {
        type: 'decide',
        title: 'Decide',
        label_selector: ['classifier', 'label'],
        score_selector: ['classifier', 'score'],
        policies: [{ label: 'spam', policy_id: 'spam-policy', clause_id: 'advertising' }],
        rules: [
          { labels: ['spam'], min_score: 0.9, action: 'remove' },
          { labels: [], min_score: 0.5, action: 'review' },
        ],
        default_action: 'allow',
        reason: 'labelled {{#classifier.label#}}',
      },
      variables: { 'classifier.label': 'spam', 'classifier.score': 0.75 },
      outputs: {
        label: 'spam',
        labels: ['spam'],
        score: 0.75,
        action: 'review',
        reason: 'labelled spam',
        policy_id: 'spam-policy',
        policy_clause: 'advertising',
        policy_version: 0n,
      },
    },
    {
      data: {
        type: 'decide',
        title: 'Decide',
        label_selector: ['classifier', 'label'],
        score_selector: ['classifier', 'score'],
        rules: [{ labels: [], min_score: 0, action: 'review' }],
      },
      variables: { 'classifier.label': 'none', 'classifier.score': 0.97 },
      outputs: {
        label: '',
        labels: [],
        score: 0.97,
        action: 'allow',
        reason: '',
        policy_id: '',
        policy_clause: '',
        policy_version: 0n,
      },
    },
  ],
}
