import { classifier } from './classifier/run.ts'
import { code } from './code/run.ts'
import { decide } from './decide/run.ts'
import { end } from './end/run.ts'
import { httpRequest } from './http-request/run.ts'
import { ifElse } from './if-else/run.ts'
import { listed } from './listed.ts'
import { llm } from './llm/run.ts'
import type { NodeType } from './node.ts'
import { start } from './start/run.ts'
import { templateTransform } from './template-transform/run.ts'
import { legacyVariableAggregator, variableAggregator } from './variable-aggregator/run.ts'

/** Every node type there is. A new one is a folder beside these and one line here. */
export const nodeTypes: readonly NodeType[] = [
  listed(start),
  listed(end),
  listed(ifElse),
  listed(httpRequest),
  listed(templateTransform),
  listed(variableAggregator),
  listed(legacyVariableAggregator),
  listed(llm),
  listed(classifier),
  listed(code),
  listed(decide),
]

const byName = new Map(nodeTypes.map(type => [type.definition.type, type]))

/** The node type of a `data.type`; undefined when we do not have it. */
export function nodeTypeOf(name: string): NodeType | undefined {
  return byName.get(name)
}
