import * as z from 'zod'
import type { NodeDefinition } from '../node.ts'
import { NamedSelector } from '../selector.ts'

export const outputTypes = [
  'string',
  'number',
  'boolean',
  'object',
  'array[string]',
  'array[number]',
  'array[object]',
  'array[boolean]',
] as const

/** A declared output; objects and lists of objects may declare their keys. */
export interface CodeOutput {
  readonly type: (typeof outputTypes)[number]
  readonly children?: Readonly<Record<string, CodeOutput>> | null | undefined
}

const CodeOutput: z.ZodType<CodeOutput> = z.looseObject({
  type: z.enum(outputTypes),
  get children() {
    return z.record(z.string(), CodeOutput).nullish()
  },
})

export const CodeData = z.looseObject({
  code_language: z.enum(['python3', 'javascript']),
  code: z.string(),
  variables: z.array(NamedSelector).default([]),
  outputs: z.record(z.string(), CodeOutput).default({}),
})

export type CodeData = z.infer<typeof CodeData>

export const codeDefinition: NodeDefinition<CodeData> = {
  type: 'code',
  title: { 'zh-CN': '代码执行', en: 'Code' },
  description: {
    'zh-CN': '在沙箱中运行一段 JavaScript：main 得到变量，返回一个对象',
    en: 'Runs JavaScript in a sandbox: main gets the variables and returns an object',
  },
  schema: CodeData,
  // Clocks and random numbers are within reach of the code.
  effect: 'recorded',
  reads: data => data.variables.map(variable => variable.value_selector),
  outputs: data => Object.fromEntries(Object.entries(data.outputs).map(([name, output]) => [name, output.type])),
  examples: [
    {
      data: {
        type: 'code',
        title: 'Code',
        code_language: 'javascript',
        code: 'function main({ text }) {\n  return { upper: text.toUpperCase(), length: text.length }\n}',
        variables: [{ variable: 'text', value_selector: ['start', 'text'] }],
        outputs: { upper: { type: 'string', children: null }, length: { type: 'number', children: null } },
      },
      variables: { 'start.text': 'hello' },
      outputs: { upper: 'HELLO', length: 5n },
    },
  ],
}
