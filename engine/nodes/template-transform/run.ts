import { codeOf, messageOf } from '../../error.ts'
import { renderJinja } from '../../expressions/jinja/render.ts'
import { setKey, type MutableObject } from '../../values/object.ts'
import type { NodeType } from '../node.ts'
import { templateTransformDefinition, type TemplateTransformData } from './definition.ts'

/** Renders the template; a variable that does not exist is None. */
export const templateTransform: NodeType<TemplateTransformData> = {
  definition: templateTransformDefinition,
  run(call) {
    const inputs: MutableObject = {}
    for (const variable of call.data.variables)
      setKey(inputs, variable.variable, call.variable(variable.value_selector) ?? null)
    try {
      return { ok: true, inputs, outputs: { output: renderJinja(call.data.template, inputs) } }
    } catch (error) {
      if (codeOf(error) === undefined) throw error
      return { ok: false, inputs, error: messageOf(error), errorType: 'CodeExecutionError' }
    }
  },
}
