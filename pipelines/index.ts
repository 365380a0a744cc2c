import type { PipelineInfo } from '../schemas/api/pipelines.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { Source } from '../schemas/source.ts'
import { RiskloomError } from '../engine/error.ts'
import { audit, type DetailedAudit } from './audit.ts'
import { describePipeline } from './describe.ts'
import { appendEvents, type Appended } from './ingest.ts'
import { createRunner } from './runner.ts'
import type { PipelineServices } from './services.ts'

export type { PipelineServices } from './services.ts'

/** What happens to streams, for whoever serves or drives it. */
export interface Pipelines {
  readonly runner: {
    /** Resumes all work that was under way. */
    start(): Promise<void>
    /** Ends in order; what does not end within some seconds is resumed at the next start. */
    stop(): Promise<void>
  }
  /** Appends events of an HTTP source or a generator; durable when it resolves. */
  ingest(source: Source, items: readonly unknown[]): Promise<Appended>
  /** Makes the topic and, for a file, begins to read. Rejects with `invalid-request` when the file does not fit. */
  openSource(source: Source): Promise<void>
  /** Stops reading and removes the topic. */
  closeSource(source: Source): Promise<void>
  start(workspace: string, pipeline: string): Promise<void>
  /** Plans nothing more and waits for what is under way, at most some seconds. */
  pause(workspace: string, pipeline: string): Promise<void>
  describe(pipeline: Pipeline): Promise<PipelineInfo>
  audit(workspace: string, pipeline: string): Promise<DetailedAudit>
}

export function pipelines(services: PipelineServices): Pipelines {
  const runner = createRunner(services)
  return {
    runner: { start: runner.start, stop: runner.stop },
    ingest: (source, items) => appendEvents(services.stream, source, items),
    openSource: runner.openSource,
    closeSource: runner.closeSource,
    start: runner.startPipeline,
    pause: runner.pausePipeline,
    describe: pipeline => describePipeline(services, pipeline),
    async audit(workspace, id) {
      const pipeline = await services.records.workspace(workspace).pipelines.get(id)
      if (pipeline === undefined) throw new RiskloomError('not-found', `there is no pipeline ${id}`)
      return audit(services, pipeline)
    },
  }
}
