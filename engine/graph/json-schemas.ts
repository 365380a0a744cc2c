import { droppedOf } from '../json-schema-dropped.ts'
import { compileSchema } from '../json-schema.ts'
import type { StartData } from '../nodes/start/definition.ts'
import type { ParsedNode } from './parse-node.ts'
import { problem, type Problem } from './problem.ts'

/** Warnings for JSON schemas of inputs: what is not held of them, and what is no schema, so that no value can fit it. */
export function checkSchemas(nodes: readonly ParsedNode[]): Problem[] {
  return nodes
    .filter(node => node.definition.type === 'start')
    .flatMap(node => (node.data as StartData).variables.flatMap((variable, at) => ofSchema(node.id, at, variable))) // parsed by the schema of this type
}

function ofSchema(
  nodeId: string,
  at: number,
  { variable, json_schema: schema }: StartData['variables'][number],
): Problem[] {
  if (schema === undefined || schema === null) return []
  const more = { field: `data.variables.${at}.json_schema` }
  const compiled = compileSchema(schema, 'first')
  if (!compiled.ok)
    return [problem('warning', nodeId, `JSON schema of ${variable} is invalid: ${compiled.problem}`, more)]
  return droppedOf(schema).map(keyword =>
    problem('warning', nodeId, `JSON schema of ${variable}: ${keyword} is not checked`, more),
  )
}
