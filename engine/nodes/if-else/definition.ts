import * as z from 'zod'
import { templateSelectors } from '../../expressions/template.ts'
import type { NodeDefinition, Selector } from '../node.ts'
import { SelectorSchema } from '../selector.ts'

const Operator = z.enum(['and', 'or'])
const Expected = z.union([z.string(), z.boolean(), z.number(), z.array(z.union([z.string(), z.boolean(), z.number()]))])

const SubCondition = z.looseObject({ key: z.string(), comparison_operator: z.string(), value: Expected.nullish() })

export const Condition = z.looseObject({
  variable_selector: SelectorSchema.default([]),
  comparison_operator: z.string(),
  value: Expected.nullish(),
  sub_variable_condition: z
    .looseObject({ logical_operator: Operator.default('and'), conditions: z.array(SubCondition).default([]) })
    .nullish(),
})

const Case = z.looseObject({
  case_id: z.string(),
  logical_operator: Operator.default('and'),
  conditions: z.array(Condition).default([]),
})

/** `cases`, or in older documents one list of conditions with the handles `true` and `false`. */
export const IfElseData = z.looseObject({
  cases: z.array(Case).nullish(),
  logical_operator: Operator.nullish(),
  conditions: z.array(Condition).nullish(),
})

export type Condition = z.infer<typeof Condition>
export type SubCondition = z.infer<typeof SubCondition>
export type IfElseData = z.infer<typeof IfElseData>

/** The cases in order, whichever way the document writes them; the old way has one, named `true`. */
export function casesOf(data: IfElseData): readonly z.infer<typeof Case>[] {
  if (data.cases != null && data.cases.length > 0) return data.cases
  return [{ case_id: 'true', logical_operator: data.logical_operator ?? 'and', conditions: data.conditions ?? [] }]
}

export function isLegacy(data: IfElseData): boolean {
  return data.cases == null || data.cases.length === 0
}

function readsOf(condition: Condition): Selector[] {
  const { value } = condition
  return [condition.variable_selector, ...(typeof value === 'string' ? templateSelectors(value) : [])]
}

export const ifElseDefinition: NodeDefinition<IfElseData> = {
  type: 'if-else',
  title: { 'zh-CN': '条件分支', en: 'If / else' },
  description: { 'zh-CN': '第一个成立的条件决定走哪条分支', en: 'The first case that holds decides which branch runs' },
  schema: IfElseData,
  effect: 'pure',
  branches: data => [...casesOf(data).map(item => item.case_id), 'false'],
  reads: data => casesOf(data).flatMap(item => item.conditions.flatMap(readsOf)),
  outputs: () => ({ result: 'boolean', selected_case_id: 'string' }),
  examples: [
    {
      data: {
        type: 'if-else',
        title: 'If',
        cases: [
          {
            case_id: 'high',
            logical_operator: 'and',
            conditions: [
              { variable_selector: ['classifier', 'score'], comparison_operator: '≥', value: '0.8', varType: 'number' },
            ],
          },
        ],
      },
      variables: { 'classifier.score': 0.93 },
      outputs: { result: true, selected_case_id: 'high' },
    },
    {
      data: {
        type: 'if-else',
        title: 'If',
        logical_operator: 'or',
        conditions: [{ variable_selector: ['start', 'text'], comparison_operator: 'contains', value: 'refund' }],
      },
      variables: { 'start.text': 'hello' },
      outputs: { result: false, selected_case_id: 'false' },
    },
  ],
}
