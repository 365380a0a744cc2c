import { messageOf } from '../engine/error.ts'

/** Things that were started, to be stopped in reverse order. */
export interface Scope {
  /** Remembers how to stop what was just started. */
  add(name: string, stop: () => Promise<void>): void
  /** Stops everything once; a part that fails does not keep the others from stopping. Returns what went wrong. */
  stop(): Promise<string[]>
}

export function scope(): Scope {
  const parts: { name: string; stop: () => Promise<void> }[] = []
  return {
    add(name, stop) {
      parts.push({ name, stop })
    },
    async stop() {
      const problems: string[] = []
      for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
        const { name, stop } = part
        await stop().catch((error: unknown) => problems.push(`${name}: ${messageOf(error)}`))
      }
      return problems
    },
  }
}
