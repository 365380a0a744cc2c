import * as z from 'zod'
import type { NodeDefinition } from '../node.ts'
import { SelectorSchema } from '../selector.ts'

export const EndData = z.looseObject({
  outputs: z
    .array(
      z.looseObject({
        variable: z.string().min(1),
        value_selector: SelectorSchema.default([]),
        value_type: z.string().nullish(),
      }),
    )
    .default([]),
})

export type EndData = z.infer<typeof EndData>

export const endDefinition: NodeDefinition<EndData> = {
  type: 'end',
  title: { 'zh-CN': '结束', en: 'End' },
  description: { 'zh-CN': '把变量作为运行结果输出', en: 'Puts variables out as the result of the run' },
  schema: EndData,
  effect: 'pure',
  reads: data => data.outputs.map(output => output.value_selector),
  outputs: data =>
    Object.fromEntries(data.outputs.map(output => [output.variable, output.value_type?.toLowerCase() ?? 'any'])),
  examples: [
    {
      data: {
        type: 'end',
        title: 'End',
        outputs: [{ variable: 'answer', value_selector: ['start', 'text'], value_type: 'string' }],
      },
      variables: { 'start.text': 'hello' },
      outputs: { answer: 'hello' },
    },
  ],
}
