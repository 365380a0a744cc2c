import * as z from 'zod'
import type { NodeDefinition } from '../node.ts'
import { SelectorSchema } from '../selector.ts'

/** Labels a text with a trained classifier of the workspace. */
export const ClassifierData = z.looseObject({
  classifier: z.string().min(1).describe('name of the classifier'),
  version: z.int().min(0).default(0).describe('0: the newest when the app is published'),
  query_variable_selector: SelectorSchema.min(2),
  threshold: z.number().min(0).max(1).default(0.5).describe('least probability of what goes into `labels`'),
})

export type ClassifierData = z.infer<typeof ClassifierData>

export const classifierDefinition: NodeDefinition<ClassifierData> = {
  type: 'classifier',
  title: { 'zh-CN': '分类器', en: 'Classifier' },
  description: {
    'zh-CN': '用在本工作区训练的线性分类器给文本打标签：概率经过校准，并给出依据的片段。它不理解语言',
    en: 'Labels a text with a linear classifier trained in this workspace: calibrated probabilities and the pieces that decided. It does not understand language',
  },
  schema: ClassifierData,
  // The version is pinned by the bindings and its bytes never change: the same text gives the same result.
  effect: 'pure',
  reads: data => [data.query_variable_selector],
  outputs: () => ({
    label: 'string',
    score: 'number',
    labels: 'array[string]',
    probabilities: 'object',
    normalised: 'string',
    evidence: 'array[object]',
  }),
  examples: [
    {
      data: {
        type: 'classifier',
        title: 'Classifier',
        classifier: 'report-triage',
        query_variable_selector: ['start', 'text'],
      },
      variables: { 'start.text': '加薇芯领红包' },
    },
  ],
}
