import { codeOf, messageOf, RiskloomError } from '../../error.ts'
import { holds } from '../../expressions/condition.ts'
import { fromJs } from '../../values/codec.ts'
import { isList } from '../../values/object.ts'
import { pythonRepr } from '../../values/text.ts'
import { FileValue, type ObjectValue, type Value } from '../../values/value.ts'
import type { NodeCall, NodeOutcome, NodeType } from '../node.ts'
import { casesOf, ifElseDefinition, isLegacy, type Condition, type IfElseData } from './definition.ts'
import { holdsForFiles } from './files.ts'

type Call = NodeCall<IfElseData>

/** What was compared, as the trace shows it; filled while the cases are tried. */
interface Trace {
  conditions: Value[]
  readonly results: Value[]
}

/** Tries the cases in order and leaves on the first that holds, else on `false`. */
export const ifElse: NodeType<IfElseData> = {
  definition: ifElseDefinition,
  run(call) {
    const trace: Trace = { conditions: [], results: [] }
    try {
      const selected = selectCase(call, trace)
      return succeeded(trace, selected ?? 'false', selected !== undefined)
    } catch (error) {
      if (codeOf(error) === undefined) throw error
      return { ok: false, ...shown(trace), error: messageOf(error), errorType: 'ValueError' }
    }
  },
}

function shown(trace: Trace): { inputs: ObjectValue; processData: ObjectValue } {
  return { inputs: { conditions: trace.conditions }, processData: { condition_results: trace.results } }
}

function succeeded(trace: Trace, handle: string, result: boolean): NodeOutcome {
  return { ok: true, ...shown(trace), outputs: { result, selected_case_id: handle }, handle }
}

function selectCase(call: Call, trace: Trace): string | undefined {
  const legacy = isLegacy(call.data)
  for (const item of casesOf(call.data)) {
    const conditions: Value[] = []
    const results: boolean[] = []
    const wanted = item.logical_operator === 'and'
    for (const condition of item.conditions) {
      results.push(test(call, condition, conditions))
      // The rest cannot change the result any more and is not evaluated.
      if (results.at(-1) !== wanted) break
    }
    const final = wanted ? !results.includes(false) : results.includes(true)
    trace.conditions = conditions
    trace.results.push({ group: legacy ? 'default' : groupOf(item), results, final_result: final })
    if (final) return item.case_id
  }
  return undefined
}

function groupOf(item: ReturnType<typeof casesOf>[number]): ObjectValue {
  const conditions = item.conditions.map(condition => ({
    variable_selector: condition.variable_selector,
    comparison_operator: condition.comparison_operator,
    value: fromJs(condition.value),
    sub_variable_condition:
      condition.sub_variable_condition == null ? null : condition.sub_variable_condition.logical_operator,
  }))
  return { case_id: item.case_id, logical_operator: item.logical_operator, conditions }
}

function test(call: Call, condition: Condition, seen: Value[]): boolean {
  const actual = call.variable(condition.variable_selector)
  if (actual === undefined) {
    throw new RiskloomError('node-failed', `Variable ${pythonRepr(condition.variable_selector)} not found`)
  }
  const operator = condition.comparison_operator
  if (condition.sub_variable_condition != null && isFileList(actual)) {
    seen.push({ actual_value: actual, expected_value: null, comparison_operator: operator })
    return holdsForFiles(actual, condition.sub_variable_condition, template => call.render(template))
  }
  const expected = typeof condition.value === 'string' ? call.render(condition.value) : fromJs(condition.value)
  const result = holds(actual, operator, expected)
  seen.push({ actual_value: actual, expected_value: expected, comparison_operator: operator })
  return result
}

function isFileList(value: Value): value is readonly FileValue[] {
  return isList(value) && value.length > 0 && value.every(item => item instanceof FileValue)
}
