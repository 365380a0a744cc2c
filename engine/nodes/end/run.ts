import { setKey, type MutableObject } from '../../values/object.ts'
import type { NodeType } from '../node.ts'
import { endDefinition, type EndData } from './definition.ts'

/** Collects outputs; a variable that does not exist is null. */
export const end: NodeType<EndData> = {
  definition: endDefinition,
  run(call) {
    const outputs: MutableObject = {}
    for (const output of call.data.outputs)
      setKey(outputs, output.variable, call.variable(output.value_selector) ?? null)
    return { ok: true, inputs: outputs, outputs }
  },
}
