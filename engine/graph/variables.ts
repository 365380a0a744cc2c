import type { Selector } from '../nodes/node.ts'
import type { WorkflowBlock } from './document.ts'
import type { ParsedNode } from './parse-node.ts'
import { problem, type Problem } from './problem.ts'

/** Set by the error strategies beside the node’s own outputs. */
const failureOutputs = ['error_message', 'error_type']

/** Warnings for variables that nodes read and nobody sets. At run time they are null, or the reading node fails. */
export function checkVariables(nodes: readonly ParsedNode[], workflow: WorkflowBlock): Problem[] {
  const byId = new Map(nodes.map(node => [node.id, node]))
  return nodes.flatMap(node =>
    node.definition.reads(node.data).flatMap(selector => {
      const reason = reasonAgainst(selector, byId, workflow)
      return reason === undefined
        ? []
        : [problem('warning', node.id, `variable ${selector.join('.')}: ${reason}`, { field: 'data' })]
    }),
  )
}

function reasonAgainst(
  selector: Selector,
  nodes: ReadonlyMap<string, ParsedNode>,
  workflow: WorkflowBlock,
): string | undefined {
  const [first, name] = selector
  if (first === undefined || name === undefined) return 'the selector has fewer than two parts'
  if (first === 'sys') return undefined
  if (first === 'env')
    return workflow.environment.some(variable => variable.name === name)
      ? undefined
      : 'there is no such environment variable'
  if (first === 'conversation') {
    return workflow.conversation.some(variable => variable.name === name)
      ? undefined
      : 'there is no such conversation variable'
  }
  const node = nodes.get(first)
  if (node === undefined) return 'there is no such node'
  const known =
    Object.hasOwn(node.definition.outputs(node.data), name) || failureOutputs.includes(name) || name.startsWith('sys.')
  return known ? undefined : 'the node has no such output'
}
