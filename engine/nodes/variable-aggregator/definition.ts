import * as z from 'zod'
import type { NodeDefinition } from '../node.ts'
import { SelectorSchema } from '../selector.ts'

const Group = z.looseObject({
  group_name: z.string(),
  output_type: z.string().nullish(),
  variables: z.array(SelectorSchema).default([]),
})

export const VariableAggregatorData = z.looseObject({
  output_type: z.string().nullish(),
  variables: z.array(SelectorSchema).default([]),
  advanced_settings: z
    .looseObject({ group_enabled: z.boolean().nullish(), groups: z.array(Group).default([]) })
    .nullish(),
})

export type VariableAggregatorData = z.infer<typeof VariableAggregatorData>

/** The groups that are in force; none when the node has a single output. */
export function groupsOf(data: VariableAggregatorData): readonly z.infer<typeof Group>[] | undefined {
  return data.advanced_settings?.group_enabled === true ? data.advanced_settings.groups : undefined
}

export const variableAggregatorDefinition: NodeDefinition<VariableAggregatorData> = {
  type: 'variable-aggregator',
  title: { 'zh-CN': '变量聚合器', en: 'Variable aggregator' },
  description: {
    'zh-CN': '把多个分支的变量合成一个：取第一个存在的',
    en: 'Brings the variables of several branches together: the first that exists',
  },
  schema: VariableAggregatorData,
  effect: 'pure',
  reads: data => [...data.variables, ...(groupsOf(data) ?? []).flatMap(group => group.variables)],
  outputs(data) {
    const groups = groupsOf(data)
    if (groups === undefined) return { output: data.output_type ?? 'any' }
    return Object.fromEntries(groups.map(group => [group.group_name, 'object']))
  },
  examples: [
    {
      data: {
        type: 'variable-aggregator',
        title: 'Aggregator',
        output_type: 'string',
        variables: [
          ['first', 'output'],
          ['second', 'output'],
        ],
      },
      variables: { 'second.output': 'B' },
      outputs: { output: 'B' },
    },
    {
      data: {
        type: 'variable-aggregator',
        title: 'Aggregator',
        output_type: 'string',
        variables: [],
        advanced_settings: {
          group_enabled: true,
          groups: [
            {
              group_name: 'text',
              output_type: 'string',
              variables: [
                ['first', 'output'],
                ['second', 'output'],
              ],
            },
          ],
        },
      },
      variables: { 'first.output': null, 'second.output': 'B' },
      outputs: { text: { output: null } },
    },
  ],
}
