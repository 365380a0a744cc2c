import type { Filter } from './filter.ts'
import { listFilters } from './filters-list.ts'
import { textFilters } from './filters-text.ts'
import { valueFilters } from './filters-value.ts'

/** The filters of a template, by name. */
export const filters: ReadonlyMap<string, Filter> = new Map(
  Object.entries({ ...textFilters, ...listFilters, ...valueFilters }),
)
