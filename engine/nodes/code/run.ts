import { messageOf } from '../../error.ts'
import { decodeInput, encodeAnswer } from '../../values/codec.ts'
import { isObject, setKey, type MutableObject } from '../../values/object.ts'
import type { ObjectValue } from '../../values/value.ts'
import type { NodeCall, NodeOutcome, NodeType } from '../node.ts'
import { checkOutputs } from './check-outputs.ts'
import { OutputError, pythonType, readScientific } from './check-value.ts'
import { codeDefinition, type CodeData } from './definition.ts'
import { codeTimeoutMs } from './limits.ts'

/** Runs the code in the sandbox and holds its result against the declared outputs. */
export const code: NodeType<CodeData> = {
  definition: codeDefinition,
  async run(call) {
    const inputs: MutableObject = {}
    for (const variable of call.data.variables) {
      setKey(inputs, variable.variable, call.variable(variable.value_selector) ?? null)
    }
    if (!call.services.sandbox.languages.includes(call.data.code_language)) return unknownLanguage(call, inputs)
    return runCode(call, inputs)
  },
}

async function runCode(call: NodeCall<CodeData>, inputs: ObjectValue): Promise<NodeOutcome> {
  const { code_language: language, code: text } = call.data
  try {
    const result = await call.services.sandbox.run({
      workspace: call.workspace,
      language,
      code: text,
      inputs: encodeAnswer(inputs),
      timeoutMs: codeTimeoutMs,
    })
    return result.ok ? readResult(call.data, inputs, result.outputs) : failed(inputs, result.message)
  } catch (error) {
    // The sandbox is broken, not the code: the same call may work in a moment.
    return { ...failed(inputs, messageOf(error)), transient: true }
  }
}

function readResult(data: CodeData, inputs: ObjectValue, text: string): NodeOutcome {
  try {
    const result = readScientific(decodeInput(text))
    if (!isObject(result)) return failed(inputs, `Result must be a dict, got ${pythonType(result)}`)
    return { ok: true, inputs, outputs: checkOutputs(result, data.outputs) }
  } catch (error) {
    return failed(inputs, messageOf(error), error instanceof OutputError ? error.kind : 'OutputValidationError')
  }
}

function unknownLanguage(call: NodeCall<CodeData>, inputs: ObjectValue): NodeOutcome {
  const { languages } = call.services.sandbox
  const name = call.data.code_language
  return failed(inputs, `${name} code runs from a later version of RiskLoom; this one runs ${languages.join(', ')}`)
}

function failed(inputs: ObjectValue, error: string, errorType = 'CodeExecutionError'): NodeOutcome & { ok: false } {
  return { ok: false, inputs, error, errorType }
}
