import type { WorkspaceRecords } from '../engine/ports/records.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { Filter } from './filter.ts'
import type { Retry } from './retry.ts'
import type { PipelineServices } from './services.ts'
import type { Turns } from './turns.ts'
import type { VersionCache } from './version-cache.ts'

/** What the steps of one running pipeline share. */
export interface JobContext {
  readonly services: PipelineServices
  readonly records: WorkspaceRecords
  readonly pipeline: Pipeline
  /** Of this process’s hold on the pipeline. */
  readonly epoch: number
  readonly topic: string
  readonly deadLetterTopic: string
  readonly filter: Filter
  readonly versions: VersionCache
  readonly turns: Turns
  readonly retry: Retry
  /** Aborts when the job must end at once; what is under way is resumed by the next one. */
  readonly signal: AbortSignal
}
