import type { OutboxItem } from '../engine/ports/records.ts'
import { decisionRow } from '../engine/situation/rows.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { Plan } from '../schemas/plan.ts'
import { deadLetterItem } from './dead-letter.ts'
import { decisionOf } from './decide.ts'
import type { Item } from './item.ts'
import { createRowBytes, createRunTables, sectionsOf } from './row-bytes.ts'
import type { Section } from './seal.ts'
import { keepsTrace } from './trace.ts'

/** What a finished batch leaves: rows for the tables of facts and messages for the outbox. */
export interface Facts {
  readonly sections: readonly Section[]
  readonly outbox: readonly OutboxItem[]
}

/** `now` is the time of the decisions, milliseconds since the epoch. */
export function factsOf(pipeline: Pipeline, plan: Plan, items: readonly Item[], now: number): Facts {
  const { id, source, incarnation, settings } = pipeline
  const decisions = createRowBytes('decisions')
  const traces = createRunTables()
  const outbox: OutboxItem[] = []
  for (const item of items) {
    const decision = decisionOf(pipeline, plan, item, now)
    decisions.add(decisionRow(decision))
    if (decision.status === 'dead-lettered') outbox.push(deadLetterItem(decision, item))
    const run = item.result?.run
    if (run === undefined || !keepsTrace(settings.trace, run, decision.payloadHash)) continue
    const { partition, offset } = item.record
    traces.add(run, { pipeline: id, source, incarnation, partition, offset })
  }
  return { sections: sectionsOf([decisions, ...traces.all]), outbox }
}
