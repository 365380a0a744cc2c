import type { ComponentType } from 'react'
import type { Span } from '../span.ts'
import { Latest } from './latest.tsx'
import { LabelTable } from './label-table.tsx'
import { Totals } from './totals.tsx'
import { Trend } from './trend.tsx'

/** Panels of the first page, from top to bottom. */
export const panels: readonly { readonly name: string; readonly Panel: ComponentType<{ span: Span }> }[] = [
  { name: 'totals', Panel: Totals },
  { name: 'trend', Panel: Trend },
  { name: 'label-table', Panel: LabelTable },
  { name: 'latest', Panel: Latest },
]
