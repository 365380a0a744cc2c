import type { MutableObject } from '../../values/object.ts'
import { setKey } from '../../values/object.ts'
import type { NodeType } from '../node.ts'
import { startDefinition, type StartData } from './definition.ts'
import { schemaProblem } from './json-schema.ts'

/** Hands the inputs of the run on. They were checked before the run began (`validateInputs`). */
export const start: NodeType<StartData> = {
  definition: startDefinition,
  run(call) {
    const outputs: MutableObject = {}
    for (const variable of call.data.variables) {
      const value = call.variable([call.nodeId, variable.variable]) ?? null
      const problem = variable.json_schema == null || value === null ? undefined : schemaProblem(variable, value)
      if (problem !== undefined) return { ok: false, inputs: outputs, error: problem, errorType: 'ValueError' }
      setKey(outputs, variable.variable, value)
    }
    return { ok: true, inputs: outputs, outputs }
  },
}
