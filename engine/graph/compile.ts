import type { EndData } from '../nodes/end/definition.ts'
import { parseFloatText, parseInteger } from '../expressions/python.ts'
import { setKey, type MutableObject } from '../values/object.ts'
import { textOf } from '../values/text.ts'
import type { ObjectValue, Value } from '../values/value.ts'
import { readCommon, type CommonSettings } from './common-data.ts'
import type { DocumentVariable, WorkflowBlock, WorkflowDocument } from './document.ts'
import type { Graph, GraphEdge, GraphNode, ResponseSegment } from './graph.ts'
import { openedBy } from './opened-by.ts'
import { checkSchemas } from './json-schemas.ts'
import { nodeTypeName, parseNode, type ParsedNode } from './parse-node.ts'
import { problem, type Problem } from './problem.ts'
import { readStructure } from './structure.ts'
import { checkVariables } from './variables.ts'

/** Never throws for a document: what does not compile is named in the problems of severity `error`. */
export type CompileResult =
  | { readonly ok: true; readonly graph: Graph; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** All that is wrong or doubtful with a document. */
export function check(document: WorkflowDocument): readonly Problem[] {
  return compile(document).problems
}

/** Prepares a document for running. */
export function compile(document: WorkflowDocument): CompileResult {
  const { workflow } = document
  const modeProblem = document.app.mode === 'workflow' ? [] : [unsupportedMode(document.app.mode)]
  if (workflow === null) return { ok: false, problems: modeProblem }
  const nodes = workflow.nodes.map(node => ({ id: node.id, type: nodeTypeName(node) }))
  const structure = readStructure(nodes, workflow.edges)
  const { parsed, settings, problems: nodeProblems } = parseNodes(workflow, new Set(structure.order))
  const problems = [
    ...modeProblem,
    ...structure.problems,
    ...nodeProblems,
    ...checkVariables(parsed, workflow),
    ...checkSchemas(parsed),
  ]
  if (structure.root === null || problems.some(entry => entry.severity === 'error')) return { ok: false, problems }
  return { ok: true, problems, graph: assemble(workflow, structure, parsed, settings) }
}

function unsupportedMode(mode: string): Problem {
  return problem('error', null, `apps of mode ${mode} cannot run yet`, { field: 'app.mode', expected: 'workflow' })
}

interface ParsedNodes {
  readonly parsed: readonly ParsedNode[]
  readonly settings: ReadonlyMap<string, CommonSettings>
  readonly problems: readonly Problem[]
}

/** A node that never runs may be wrong: what would be an error is a warning there. */
function parseNodes(workflow: WorkflowBlock, reached: ReadonlySet<string>): ParsedNodes {
  const parsed: ParsedNode[] = []
  const settings = new Map<string, CommonSettings>()
  const problems: Problem[] = []
  for (const node of workflow.nodes) {
    const result = parseNode(node)
    const common = readCommon(node.id, node.data)
    const found = [...(result.ok ? [] : result.problems), ...common.problems]
    problems.push(
      ...(reached.has(node.id) ? found : found.map((entry): Problem => ({ ...entry, severity: 'warning' }))),
    )
    if (!result.ok) continue
    settings.set(node.id, common.settings)
    if (reached.has(node.id)) parsed.push(result.node)
  }
  return { parsed, settings, problems }
}

function assemble(
  workflow: WorkflowBlock,
  structure: ReturnType<typeof readStructure>,
  parsed: readonly ParsedNode[],
  settings: ReadonlyMap<string, CommonSettings>,
): Graph {
  const nodeIndex = new Map(parsed.map((node, index) => [node.id, index]))
  const place = (id: string): number => nodeIndex.get(id) ?? -1
  const edges = structure.edges.map((edge): GraphEdge => ({
    source: place(edge.source),
    target: place(edge.target),
    handle: edge.sourceHandle,
  }))
  const nodes = parsed.map((node, index) => prepare(node, index, edges, settings.get(node.id)))
  const root = place(structure.root ?? '')
  const opens = openedBy(nodes, edges, root)
  return {
    mode: 'workflow',
    nodes: nodes.map(node => ({ ...node, opens: opens.get(node.index) ?? [] })),
    edges,
    root,
    nodeIndex,
    environment: environmentOf(workflow.environment),
    secrets: workflow.environment.filter(variable => variable.type === 'secret').map(variable => variable.name),
  }
}

function prepare(
  node: ParsedNode,
  index: number,
  edges: readonly GraphEdge[],
  settings: CommonSettings | undefined,
): GraphNode {
  const { definition, data } = node
  const errorStrategy = settings?.errorStrategy ?? 'none'
  return {
    index,
    id: node.id,
    type: definition.type,
    title: settings?.title ?? node.id,
    data,
    effect: definition.effect,
    branching: definition.branches !== undefined || errorStrategy === 'fail-branch',
    incoming: edges.flatMap((edge, at) => (edge.target === index ? [at] : [])),
    outgoing: edges.flatMap((edge, at) => (edge.source === index ? [at] : [])),
    errorStrategy,
    defaultValue: settings?.defaultValue ?? {},
    // What is computed fails again in the same way.
    retry: definition.effect === 'recorded' ? (settings?.retry ?? null) : null,
    response: definition.type === 'end' ? responseOf(data as EndData) : null, // parsed by the schema of this type
    opens: [],
  }
}

/** The outputs in order, a line break between them. */
function responseOf(data: EndData): ResponseSegment[] {
  return data.outputs.flatMap((output, index): ResponseSegment[] => {
    const variable: ResponseSegment = { kind: 'variable', selector: output.value_selector }
    return index === 0 ? [variable] : [{ kind: 'literal', text: '\n' }, variable]
  })
}

function environmentOf(variables: readonly DocumentVariable[]): ObjectValue {
  const environment: MutableObject = {}
  for (const variable of variables) setKey(environment, variable.name, valueOf(variable))
  return environment
}

function valueOf({ type, value }: DocumentVariable): Value {
  if (type === 'string' || type === 'secret') return textOf(value)
  return type === 'number' && typeof value === 'string'
    ? (parseInteger(value) ?? parseFloatText(value) ?? value)
    : value
}
