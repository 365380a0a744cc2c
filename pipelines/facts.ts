import type { OutboxItem } from '../engine/ports/records.ts'
import {
  decisionRow,
  encodeRows,
  modelCallRows,
  nodeRunRows,
  runRow,
  type FactTable,
  type Row,
} from '../engine/situation/rows.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { Plan } from '../schemas/plan.ts'
import { deadLetterItem } from './dead-letter.ts'
import { decisionOf } from './decide.ts'
import type { Item } from './item.ts'
import type { Section } from './seal.ts'
import { keepsTrace } from './trace.ts'

/** What a finished batch leaves: rows for the tables of facts and messages for the outbox. */
export interface Facts {
  readonly sections: readonly Section[]
  readonly outbox: readonly OutboxItem[]
}

/** `now` is the time of the decisions, milliseconds since the epoch. */
export function factsOf(pipeline: Pipeline, plan: Plan, items: readonly Item[], now: number): Facts {
  const decisions: Row[] = []
  const runs: Row[] = []
  const nodeRuns: Row[] = []
  const modelCalls: Row[] = []
  const outbox: OutboxItem[] = []
  for (const item of items) {
    const decision = decisionOf(pipeline, plan, item, now)
    decisions.push(decisionRow(decision))
    if (decision.status === 'dead-lettered') outbox.push(deadLetterItem(decision, item))
    const run = item.result?.run
    if (run === undefined || !keepsTrace(pipeline.settings.trace, run, decision.payloadHash)) continue
    const { partition, offset } = item.record
    runs.push(
      runRow(run, {
        pipeline: pipeline.id,
        source: pipeline.source,
        incarnation: pipeline.incarnation,
        partition,
        offset,
      }),
    )
    append(nodeRuns, nodeRunRows(run))
    append(modelCalls, modelCallRows(run))
  }
  return { sections: sectionsOf({ decisions, runs, node_runs: nodeRuns, model_calls: modelCalls }), outbox }
}

/** Not `push(...rows)`: a batch may have more rows than a call can have arguments. */
function append(list: Row[], rows: readonly Row[]): void {
  for (const row of rows) list.push(row)
}

/** Tables without rows are left out. */
export function sectionsOf(tables: Partial<Readonly<Record<FactTable, readonly Row[]>>>): Section[] {
  const sections: Section[] = []
  for (const table of ['events', 'decisions', 'runs', 'node_runs', 'model_calls'] as const) {
    const rows = tables[table]
    if (rows !== undefined && rows.length > 0) sections.push({ table, rows: rows.length, bytes: encodeRows(rows) })
  }
  return sections
}
