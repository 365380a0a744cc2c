import type { BatchResult } from '../engine/ports/durable.ts'
import type { StoredRecord } from '../engine/ports/stream.ts'
import type { Event } from '../schemas/event.ts'
import type { Dead, Drop } from './outcome.ts'

/** One record of a batch on its way to a decision. */
export interface Item {
  readonly record: StoredRecord
  /** The record’s value as text. */
  readonly text: string
  /** Absent where the record is no event. */
  readonly event: Event | undefined
  /** Set as soon as the record ends without a run. */
  ended: Drop | Dead | undefined
  /** Set when its run has ended. */
  result: BatchResult | undefined
}
