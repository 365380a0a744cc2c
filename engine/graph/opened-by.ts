import type { GraphEdge, GraphNode } from './graph.ts'

/**
 * Which end nodes become certain to be reached when the run gets to a node: those behind it with no branch in between.
 * Only the root and the targets of branches can change that, so only they are asked.
 */
export function openedBy(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  root: number,
): ReadonlyMap<number, readonly number[]> {
  const opened = new Map<number, readonly number[]>()
  const ask = (from: number): void => {
    if (!opened.has(from)) opened.set(from, certainFrom(nodes, edges, from))
  }
  ask(root)
  for (const edge of edges) if (nodes[edge.source]?.branching === true) ask(edge.target)
  return opened
}

function certainFrom(nodes: readonly GraphNode[], edges: readonly GraphEdge[], from: number): readonly number[] {
  const seen = new Set([from])
  const ends: number[] = []
  for (const at of seen) {
    const node = nodes[at]
    if (node === undefined) continue
    if (node.response !== null) ends.push(at)
    if (node.branching) continue
    for (const edge of node.outgoing) seen.add(edges[edge]?.target ?? from)
  }
  return ends.sort((first, second) => first - second)
}
