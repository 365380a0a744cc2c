import * as z from 'zod'
import { templateSelectors } from '../../expressions/template.ts'
import type { NodeDefinition } from '../node.ts'
import { NamedSelector, SelectorSchema } from '../selector.ts'

const Text = z.coerce
  .string()
  .nullish()
  .transform(text => text ?? '')

const Template = z.looseObject({
  text: Text,
  edition_type: z.enum(['basic', 'jinja2']).nullish().catch('basic'),
  jinja2_text: Text,
})

const Message = Template.extend({ role: z.enum(['system', 'user', 'assistant']) })

export type PromptTemplate = z.infer<typeof Template>

export const LlmData = z.looseObject({
  model: z.looseObject({
    provider: z.string().default(''),
    name: z.string().min(1),
    mode: z.string().default('chat'),
    completion_params: z.record(z.string(), z.unknown()).nullish(),
  }),
  /** A list for chat models, one text for completion models. */
  prompt_template: z.union([z.array(Message), Template]),
  prompt_config: z.looseObject({ jinja2_variables: z.array(NamedSelector).nullish() }).nullish(),
  context: z
    .looseObject({ enabled: z.boolean().default(false), variable_selector: SelectorSchema.nullish() })
    .nullish(),
  memory: z.looseObject({ query_prompt_template: z.string().nullish() }).nullish(),
  vision: z
    .looseObject({
      enabled: z.boolean().default(false),
      configs: z.looseObject({ variable_selector: SelectorSchema.nullish() }).nullish(),
    })
    .nullish(),
  structured_output_enabled: z.boolean().nullish(),
  structured_output: z.looseObject({ schema: z.unknown().optional() }).nullish(),
  reasoning_format: z.enum(['tagged', 'separated']).nullish().catch('tagged'),
})

export type LlmData = z.infer<typeof LlmData>

export const llmDefinition: NodeDefinition<LlmData> = {
  type: 'llm',
  title: { 'zh-CN': '大模型', en: 'LLM' },
  description: {
    'zh-CN': '向语言模型提问，取得文字或符合 JSON Schema 的对象',
    en: 'Asks a language model for a text or for an object that satisfies a JSON schema',
  },
  schema: LlmData,
  effect: 'recorded',
  reads: data => [...templatesOf(data).flatMap(readsOf), ...extraSelectors(data)],
  outputs: data => ({
    text: 'string',
    reasoning_content: 'string',
    usage: 'object',
    finish_reason: 'string',
    ...(data.structured_output_enabled ? { structured_output: 'object' } : {}),
  }),
  examples: [
    {
      data: {
        type: 'llm',
        title: 'LLM',
        model: { provider: 'openai-compatible', name: 'small', mode: 'chat', completion_params: { temperature: 0 } },
        prompt_template: [
          { role: 'system', text: 'You judge reports of users.' },
          { role: 'user', text: 'Is this spam? {{#start.text#}}' },
        ],
        context: { enabled: false, variable_selector: [] },
        vision: { enabled: false },
      },
      variables: { 'start.text': 'Buy now' },
    },
  ],
}

/** The texts of the prompt, whatever the kind of the model. */
export function templatesOf(data: LlmData): readonly PromptTemplate[] {
  return Array.isArray(data.prompt_template) ? data.prompt_template : [data.prompt_template]
}

function readsOf(template: PromptTemplate): (readonly string[])[] {
  return template.edition_type === 'jinja2' ? [] : templateSelectors(template.text)
}

function extraSelectors(data: LlmData): string[][] {
  const { context, vision, prompt_config: config } = data
  const selectors = (config?.jinja2_variables ?? []).map(variable => variable.value_selector)
  if (context?.enabled && context.variable_selector) selectors.push(context.variable_selector)
  if (vision?.enabled && vision.configs?.variable_selector) selectors.push(vision.configs.variable_selector)
  return selectors
}
