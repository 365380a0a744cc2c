import type { Arguments, Budget, Item } from './runtime.ts'

/** What filters need of the evaluator: other filters and tests by name. */
export interface FilterContext {
  readonly budget: Budget
  filter(name: string, item: Item, args: Arguments): Item
  test(name: string, item: Item, args: Arguments): boolean
}

export type Filter = (item: Item, args: Arguments, context: FilterContext) => Item
