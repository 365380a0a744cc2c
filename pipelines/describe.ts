import { topicOf } from '../engine/ports/topics.ts'
import type { PipelineInfo } from '../schemas/api/pipelines.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { PipelineServices } from './services.ts'
import { backlog, positions } from './take.ts'

/** State and progress of a pipeline. `lag` counts records that no plan holds yet, `lagMs` is the age of the oldest of them. */
export async function describePipeline(services: PipelineServices, pipeline: Pipeline): Promise<PipelineInfo> {
  const { plans } = services.records.workspace(pipeline.workspace)
  const { read, inFlight, ranges } = await plans.counts(pipeline.id)
  const marks = new Map(ranges.map(range => [range.partition, range.to]))
  const { id, source, appId, status, error, settings } = pipeline
  return { id, source, appId, status, error, read, inFlight, settings, ...(await lagOf(services, pipeline, marks)) }
}

async function lagOf(
  services: PipelineServices,
  pipeline: Pipeline,
  marks: Map<number, number>,
): Promise<{ lag: number; lagMs: number }> {
  const { clock, stream } = services
  const topic = topicOf.source({
    workspace: pipeline.workspace,
    name: pipeline.source,
    incarnation: pipeline.incarnation,
  })
  const info = await stream.describe(topic)
  if (info === undefined) return { lag: 0, lagMs: 0 }
  const waiting = backlog(info, marks)
  const next = positions(info, marks)
  const oldest = await Promise.all(
    info.ends.map(async (end, partition) => {
      if (waiting[partition] === 0 || end.earliest === end.next) return undefined
      const [record] = await stream.read(topic, partition, Math.max(end.earliest, next[partition] ?? 0), { records: 1 })
      return record?.timestamp
    }),
  )
  const times = oldest.filter(time => time !== undefined)
  return {
    lag: waiting.reduce((sum, count) => sum + count, 0),
    lagMs: times.length === 0 ? 0 : Math.max(0, clock.now() - Math.min(...times)),
  }
}
