import { listFilters } from './filters-list.ts'
import { textFilters } from './filters-text.ts'
import { valueFilters } from './filters-value.ts'
import type { Arguments, Budget, Item } from './runtime.ts'

/** What filters need of the evaluator: other filters and tests by name. */
export interface FilterContext {
  readonly budget: Budget
  filter(name: string, item: Item, args: Arguments): Item
  test(name: string, item: Item, args: Arguments): boolean
}

export type Filter = (item: Item, args: Arguments, context: FilterContext) => Item

/** The filters of a template, by name. */
export const filters: ReadonlyMap<string, Filter> = new Map(
  Object.entries({ ...textFilters, ...listFilters, ...valueFilters }),
)
