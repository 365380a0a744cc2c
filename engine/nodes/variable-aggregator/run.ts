import { setKey, type MutableObject } from '../../values/object.ts'
import type { NodeCall, NodeOutcome, NodeType, Selector } from '../node.ts'
import { groupsOf, variableAggregatorDefinition, type VariableAggregatorData } from './definition.ts'

export const variableAggregator: NodeType<VariableAggregatorData> = {
  definition: variableAggregatorDefinition,
  run: aggregate,
}

/** The name the type had in older documents. */
export const legacyVariableAggregator: NodeType<VariableAggregatorData> = {
  definition: {
    ...variableAggregatorDefinition,
    type: 'variable-assigner',
    examples: variableAggregatorDefinition.examples.map(example => ({
      ...example,
      data: { ...example.data, type: 'variable-assigner' },
    })),
  },
  run: aggregate,
}

function aggregate(call: NodeCall<VariableAggregatorData>): NodeOutcome {
  const inputs: MutableObject = {}
  const outputs: MutableObject = {}
  const groups = groupsOf(call.data)
  if (groups === undefined) takeFirst(call, call.data.variables, inputs, outputs)
  for (const group of groups ?? []) {
    const output: MutableObject = {}
    takeFirst(call, group.variables, inputs, output)
    if (Object.keys(output).length > 0) setKey(outputs, group.group_name, output)
  }
  return { ok: true, inputs, outputs }
}

/** Nodes that were skipped have no variables, so what exists comes from the branch that was taken; null exists. */
function takeFirst(
  call: NodeCall<VariableAggregatorData>,
  selectors: readonly Selector[],
  inputs: MutableObject,
  output: MutableObject,
): void {
  for (const selector of selectors) {
    const value = call.variable(selector)
    if (value === undefined) continue
    setKey(inputs, selector.slice(1).join('.'), value)
    output['output'] = value
    return
  }
}
