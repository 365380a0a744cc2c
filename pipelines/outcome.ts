import type { ErrorCode } from '../schemas/errors.ts'

// What a step says of one record. Bad data is a value; a broken world is a thrown error, and whoever drives the step
// tries again.

/** The record goes on, as `value`. */
export interface Ok<Value> {
  readonly kind: 'ok'
  readonly value: Value
}

/** The record ends here by a rule: its decision is `filtered`. */
export interface Drop {
  readonly kind: 'drop'
  readonly code: 'filter' | 'duplicate'
  readonly message: string
  /** `incarnation/partition/offset` of the first of the same id; empty for other rules. */
  readonly duplicateOf: string
}

/** The record cannot be decided: its decision is `dead-lettered` and the record is kept in the dead-letter topic. */
export interface Dead {
  readonly kind: 'dead'
  readonly code: ErrorCode
  readonly message: string
}

export function ok<Value>(value: Value): Ok<Value> {
  return { kind: 'ok', value }
}

export function dead(code: ErrorCode, message: string): Dead {
  return { kind: 'dead', code, message }
}
