import type * as z from 'zod'
import { nodeTypeOf, nodeTypes } from '../nodes/index.ts'
import type { NodeDefinition } from '../nodes/node.ts'
import type { DocumentNode } from './document.ts'
import { problem, type Problem } from './problem.ts'

export interface ParsedNode {
  readonly id: string
  readonly definition: NodeDefinition
  readonly data: unknown
}

export type ParseResult =
  { readonly ok: true; readonly node: ParsedNode } | { readonly ok: false; readonly problems: Problem[] }

/** The `data.type` of a node; empty when it has none. */
export function nodeTypeName(node: DocumentNode): string {
  const type = node.data['type']
  return typeof type === 'string' ? type : ''
}

/** Reads a node’s `data` by the schema of its type. */
export function parseNode(node: DocumentNode): ParseResult {
  const type = nodeTypeName(node)
  const definition = nodeTypeOf(type)?.definition
  if (definition === undefined) {
    const expected = `one of ${nodeTypes.map(known => known.definition.type).join(', ')}`
    return {
      ok: false,
      problems: [problem('error', node.id, `node type "${type}" is not available`, { field: 'data.type', expected })],
    }
  }
  const parsed = definition.schema.safeParse(node.data)
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map(issue => problemOf(node.id, issue)) }
  return { ok: true, node: { id: node.id, definition, data: parsed.data } }
}

function problemOf(nodeId: string, issue: z.core.$ZodIssue): Problem {
  const field = ['data', ...issue.path.map(String)].join('.')
  const expected =
    'expected' in issue
      ? issue.expected
      : 'values' in issue
        ? `one of ${issue.values.map(String).join(', ')}`
        : undefined
  return problem('error', nodeId, `${field}: ${issue.message}`, {
    field,
    ...(expected === undefined ? {} : { expected }),
  })
}
