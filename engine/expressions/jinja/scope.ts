import type { Item } from './runtime.ts'

/** Names and what they mean, inside the names of the surrounding block. */
export class Scope {
  private readonly names = new Map<string, Item>()
  private readonly outer: Scope | undefined

  constructor(outer?: Scope) {
    this.outer = outer
  }

  get(name: string): Item | undefined {
    return this.names.get(name) ?? (this.names.has(name) ? null : this.outer?.get(name))
  }

  set(name: string, item: Item): void {
    this.names.set(name, item)
  }
}
