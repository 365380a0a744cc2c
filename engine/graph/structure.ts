import type { DocumentEdge } from './document.ts'
import { problem, type Problem } from './problem.ts'

/** Most nodes of one document. */
const maxNodes = 2_000

/** The connections of a document, by node id. */
export interface Structure {
  /** Of the start node; null when there is none. */
  readonly root: string | null
  /** What the run can get to, the root included, each node before all that follow it. */
  readonly order: readonly string[]
  /** The edges between reachable nodes, in the order of the document. */
  readonly edges: readonly DocumentEdge[]
  readonly problems: readonly Problem[]
}

/** Finds the start, drops what cannot be reached, refuses cycles and edges that lead nowhere. */
export function readStructure(
  nodes: readonly { id: string; type: string }[],
  edges: readonly DocumentEdge[],
): Structure {
  const known = new Set(nodes.map(node => node.id))
  const problems: Problem[] = []
  if (known.size !== nodes.length) problems.push(...duplicates(nodes))
  if (nodes.length > maxNodes) {
    const expected = `at most ${maxNodes} nodes`
    problems.push(
      problem('error', null, `the document has ${nodes.length} nodes`, { field: 'workflow.graph.nodes', expected }),
    )
  }
  for (const edge of edges) {
    for (const end of [edge.source, edge.target]) {
      if (!known.has(end)) problems.push(missing(edge, end))
    }
  }
  const root = nodes.find(node => node.type === 'start')?.id ?? null
  if (root === null) {
    problems.push(
      problem('error', null, 'the workflow has no start node', {
        field: 'workflow.graph.nodes',
        expected: 'a node of type start',
      }),
    )
  }
  const whole = edges.filter(edge => known.has(edge.source) && known.has(edge.target))
  const { order, cycle } = walk(root, whole)
  if (cycle !== null)
    problems.push(
      problem('error', cycle, 'the node is part of a cycle', { field: 'workflow.graph.edges', expected: 'no cycle' }),
    )
  const reached = new Set(order)
  for (const { id } of nodes) {
    if (root !== null && !reached.has(id))
      problems.push(problem('warning', id, 'the node cannot be reached from the start and never runs'))
  }
  return { root, order, edges: whole.filter(edge => reached.has(edge.source)), problems }
}

function missing(edge: DocumentEdge, end: string): Problem {
  const message = `[MISSING_NODE] the edge from "${edge.source}" to "${edge.target}" names node "${end}", which does not exist`
  return problem('error', end === edge.target ? edge.source : edge.target, message, {
    field: 'workflow.graph.edges',
    expected: 'the id of a node',
  })
}

function duplicates(nodes: readonly { id: string }[]): Problem[] {
  const seen = new Set<string>()
  return nodes.flatMap(({ id }) => {
    const repeated = seen.has(id)
    seen.add(id)
    return repeated
      ? [problem('error', id, `the node id "${id}" is used twice`, { field: 'id', expected: 'a unique id' })]
      : []
  })
}

interface Frame {
  readonly id: string
  readonly targets: readonly string[]
  next: number
}

/** Depth first without recursion (a chain may be 2,000 long); a node met again while it is open closes a cycle. */
function walk(root: string | null, edges: readonly DocumentEdge[]): { order: string[]; cycle: string | null } {
  const targets = new Map<string, string[]>()
  for (const edge of edges) targets.set(edge.source, [...(targets.get(edge.source) ?? []), edge.target])
  const open = new Set<string>()
  const done = new Set<string>()
  const finished: string[] = []
  const stack: Frame[] = []
  const enter = (id: string): void => {
    open.add(id)
    stack.push({ id, targets: targets.get(id) ?? [], next: 0 })
  }
  let cycle: string | null = null
  if (root !== null) enter(root)
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const target = frame.targets[frame.next]
    frame.next += 1
    if (target === undefined) {
      stack.pop()
      open.delete(frame.id)
      done.add(frame.id)
      finished.push(frame.id)
    } else if (open.has(target)) cycle ??= target
    else if (!done.has(target)) enter(target)
  }
  return { order: finished.reverse(), cycle }
}
