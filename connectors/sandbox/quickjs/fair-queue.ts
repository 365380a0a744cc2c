/** Waiting calls, first in first out within a workspace, workspaces in turn. */
export interface FairQueue<Item> {
  readonly size: number
  /** Calls of one workspace that wait. */
  waiting(workspace: string): number
  push(workspace: string, item: Item): void
  /** Puts a call back to where it was taken from. */
  unshift(workspace: string, item: Item): void
  /** The next call of the next workspace that may start one; that workspace then goes to the end of the row. */
  take(mayStart: (workspace: string) => boolean): Item | undefined
  /** Does any workspace that may start one wait? */
  some(mayStart: (workspace: string) => boolean): boolean
  /** Empties the queue. */
  drain(): Item[]
}

export function fairQueue<Item>(): FairQueue<Item> {
  // A map keeps the order of insertion: the row of workspaces whose turn it is.
  const lines = new Map<string, Item[]>()
  const line = (workspace: string): Item[] => {
    const items = lines.get(workspace) ?? []
    if (!lines.has(workspace)) lines.set(workspace, items)
    return items
  }
  return {
    get size() {
      return [...lines.values()].reduce((sum, items) => sum + items.length, 0)
    },
    waiting: workspace => lines.get(workspace)?.length ?? 0,
    push: (workspace, item) => void line(workspace).push(item),
    unshift: (workspace, item) => void line(workspace).unshift(item),
    take(mayStart) {
      for (const [workspace, items] of lines) {
        if (!mayStart(workspace)) continue
        const item = items.shift()
        lines.delete(workspace)
        if (items.length > 0) lines.set(workspace, items)
        return item
      }
      return undefined
    },
    some: mayStart => [...lines.keys()].some(mayStart),
    drain() {
      const items = [...lines.values()].flat()
      lines.clear()
      return items
    },
  }
}
