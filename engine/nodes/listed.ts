import type { NodeType } from './node.ts'

/**
 * A node type as the list holds it, without the type of its data.
 * Sound because a graph only holds data that the schema of the same definition parsed (`compile`).
 */
export function listed<Data>(type: NodeType<Data>): NodeType {
  return type as unknown as NodeType
}
