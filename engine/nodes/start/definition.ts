import * as z from 'zod'
import type { NodeDefinition } from '../node.ts'

/** One field of the form a run starts from. */
export const InputVariable = z.looseObject({
  variable: z.string().min(1),
  label: z.unknown().optional(),
  type: z.string().default('text-input'),
  required: z.boolean().nullish(),
  default: z.unknown().optional(),
  max_length: z.number().nullish().describe('characters, or files of a file list'),
  options: z.array(z.coerce.string()).nullish(),
  json_schema: z.unknown().optional(),
})

export const StartData = z.looseObject({ variables: z.array(InputVariable).default([]) })

export type InputVariable = z.infer<typeof InputVariable>
export type StartData = z.infer<typeof StartData>

const outputTypes: Readonly<Record<string, string>> = {
  number: 'number',
  checkbox: 'boolean',
  json_object: 'object',
  file: 'file',
  'file-list': 'array[file]',
}

export const startDefinition: NodeDefinition<StartData> = {
  type: 'start',
  title: { 'zh-CN': '开始', en: 'Start' },
  description: { 'zh-CN': '声明一次运行的输入', en: 'Declares the inputs of a run' },
  schema: StartData,
  effect: 'pure',
  reads: () => [],
  outputs: data =>
    Object.fromEntries(data.variables.map(({ variable, type }) => [variable, outputTypes[type] ?? 'string'])),
  examples: [
    {
      data: {
        type: 'start',
        title: 'Start',
        variables: [{ variable: 'text', label: 'Text', type: 'paragraph', required: true }],
      },
      variables: { 'example.text': 'hello' },
      outputs: { text: 'hello' },
    },
  ],
}
