/** Steps at which a test can make the process fail; the table with their meaning is docs/faults.md. */
export const faultSteps = [
  'read',
  'decode',
  'plan',
  'claim',
  'start',
  'node',
  'model-call',
  'journal',
  'seal',
  'insert',
  'mark',
  'outbox',
  'offset-commit',
  'dead-letter-write',
] as const

export type FaultStep = (typeof faultSteps)[number]

/** Called around each step. Does nothing outside tests. */
export interface Faults {
  /** True when some fault is set, so that hot paths can skip the call. */
  readonly active: boolean
  hit(step: FaultStep, moment: 'before' | 'after'): Promise<void>
}

export const noFaults: Faults = { active: false, hit: () => Promise.resolve() }
