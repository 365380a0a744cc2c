import { codeOf, messageOf } from '../../error.ts'
import { renderJinja } from '../../expressions/jinja/render.ts'
import { templateSelectors } from '../../expressions/template.ts'
import type { ChatMessage } from '../../ports/models.ts'
import { getKey, isList, isObject, setKey, type MutableObject } from '../../values/object.ts'
import { textOf } from '../../values/text.ts'
import { FileValue, type Value } from '../../values/value.ts'
import type { NodeCall } from '../node.ts'
import type { LlmData, PromptTemplate } from './definition.ts'
import { LlmFailure } from './failure.ts'

/** Stands for the text of the context variable. */
const contextMarker = '{{#context#}}'

/** The messages of the prompt with all variables filled in. @throws LlmFailure in the words of the DSL */
export function promptMessages(call: NodeCall<LlmData>): ChatMessage[] {
  refusePictures(call)
  const { prompt_template: template, memory } = call.data
  const context = contextText(call)
  const messages = Array.isArray(template)
    ? template.map((message): ChatMessage => ({ role: message.role, content: fill(call, message, context) }))
    : [{ role: 'user' as const, content: fill(call, template, context) }]
  // In conversations the question of the user comes last.
  if (memory && call.variable(['sys', 'query']) !== undefined) {
    messages.push({ role: 'user', content: call.render(memory.query_prompt_template || '{{#sys.query#}}') })
  }
  const kept = messages.filter(message => message.content.trim() !== '')
  if (kept.length > 0) return kept
  throw new LlmFailure(
    'No prompt found in the LLM configuration. Please ensure a prompt is properly configured before proceeding.',
    'NoPromptFoundError',
  )
}

function fill(call: NodeCall<LlmData>, template: PromptTemplate, context: string): string {
  if (template.edition_type === 'jinja2') return fillJinja(call, template.jinja2_text || template.text, context)
  const missing = templateSelectors(template.text).find(selector => call.variable(selector) === undefined)
  if (missing) throw new LlmFailure(`Variable ${missing.join('.')} not found`, 'VariableNotFoundError')
  // Filled in piece by piece: what the context says is never read as a template.
  return template.text
    .split(contextMarker)
    .map(piece => call.render(piece))
    .join(context)
}

function fillJinja(call: NodeCall<LlmData>, template: string, context: string): string {
  const variables: MutableObject = { context }
  for (const variable of call.data.prompt_config?.jinja2_variables ?? []) {
    setKey(variables, variable.variable, call.variable(variable.value_selector) ?? null)
  }
  try {
    return renderJinja(template.replaceAll(contextMarker, '{{ context }}'), variables)
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    throw new LlmFailure(messageOf(error), 'TemplateTransformError')
  }
}

/** A text as it is; passages of a knowledge base by their contents. */
function contextText(call: NodeCall<LlmData>): string {
  const { context } = call.data
  if (!context?.enabled || !context.variable_selector || context.variable_selector.length < 2) return ''
  const value = call.variable(context.variable_selector) ?? null
  return isList(value) ? value.map(passage).join('\n').trim() : textOf(value)
}

function passage(item: Value): string {
  const content = isObject(item) ? getKey(item, 'content') : undefined
  return textOf(content ?? item)
}

function refusePictures(call: NodeCall<LlmData>): void {
  const { vision } = call.data
  const selector = vision?.enabled ? vision.configs?.variable_selector : null
  if (!selector || selector.length < 2) return
  const value = call.variable(selector) ?? null
  const files = (isList(value) ? value : [value]).filter(item => item instanceof FileValue)
  if (files.length > 0)
    throw new LlmFailure('Pictures cannot be sent to a model by this version of RiskLoom', 'FileTypeNotSupportError')
}
