import * as z from 'zod'
import type { NodeDefinition } from '../node.ts'
import { NamedSelector } from '../selector.ts'

export const TemplateTransformData = z.looseObject({
  template: z.string().default(''),
  variables: z.array(NamedSelector).default([]),
})

export type TemplateTransformData = z.infer<typeof TemplateTransformData>

export const templateTransformDefinition: NodeDefinition<TemplateTransformData> = {
  type: 'template-transform',
  title: { 'zh-CN': '模板转换', en: 'Template' },
  description: { 'zh-CN': '用 Jinja2 模板把变量写成文本', en: 'Writes variables into a text with a Jinja2 template' },
  schema: TemplateTransformData,
  effect: 'pure',
  reads: data => data.variables.map(variable => variable.value_selector),
  outputs: () => ({ output: 'string' }),
  examples: [
    {
      data: {
        type: 'template-transform',
        title: 'Template',
        template: '{% for label in labels %}{{ loop.index }}. {{ label | upper }}\n{% endfor %}',
        variables: [{ variable: 'labels', value_selector: ['start', 'labels'] }],
      },
      variables: { 'start.labels': ['spam', 'fraud'] },
      outputs: { output: '1. SPAM\n2. FRAUD\n' },
    },
  ],
}
