import type { Purpose } from '../../schemas/decision.ts'
import type { Run } from '../../schemas/run.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { Version } from '../../schemas/version.ts'
import type { Value } from '../values/value.ts'
import type { Port } from './port.ts'

export interface RunRequest {
  readonly workspace: string
  /** Chosen by the caller. Starting the same id again returns the run that is already there. */
  readonly runId: string
  readonly version: Version
  readonly purpose: Purpose
  readonly user: string
  readonly inputs: Readonly<Record<string, Value>>
}

export interface RunHandle {
  readonly runId: string
  /** Resolves when the run has ended and its end is durable. Never rejects for a failure of the workflow. */
  readonly finished: Promise<Run>
  /** Events of this run from its start, in order. */
  events(): AsyncIterable<RunEvent>
}

export interface BatchItem {
  /** Unique within the batch and stable over restarts: `partition/offset`. */
  readonly key: string
  readonly runId: string
  readonly inputs: Readonly<Record<string, Value>>
}

export interface BatchRequest {
  readonly workspace: string
  /** The plan id. A batch that ran before (in part) takes its recorded results from the journal. */
  readonly batchId: string
  readonly version: Version
  readonly purpose: Purpose
  readonly items: readonly BatchItem[]
  readonly concurrency: number
  /** Tries of an item whose failure is transient. */
  readonly attempts: number
  /** Collect a node run for each node; true when absent. Without them a run carries no `nodes`, which is faster. */
  readonly traces?: boolean
  readonly signal?: AbortSignal
}

/** How one item ended. `attempts` counts tries; a `failed` run with `retriesExhausted` failed for a passing reason to the end. */
export interface BatchResult {
  readonly key: string
  readonly run: Run
  readonly attempts: number
  readonly retriesExhausted: boolean
}

/** Runs app versions so that a crash loses nothing and repeats no recorded effect. The one door for every run. */
export interface Durable extends Port {
  /** Resolves when the run is accepted durably. */
  start(request: RunRequest): Promise<RunHandle>
  /** Results in the order of the items. Rejects only when the world is broken or the signal aborts. */
  runBatch(request: BatchRequest): Promise<BatchResult[]>
  /** The batch is sealed: what was journaled for it is no longer needed. */
  release(workspace: string, batchId: string): Promise<void>
  /** Active and recent runs; older ones are in analytics. */
  get(workspace: string, runId: string): Promise<Run | undefined>
  /** Asks a run to stop; false when there is no such active run. */
  stop(workspace: string, runId: string): Promise<boolean>
  /** Events of an active or recent run behind a sequence number; undefined when unknown. */
  events(workspace: string, runId: string, after?: number): AsyncIterable<RunEvent> | undefined
}
