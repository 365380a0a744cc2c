import { RiskloomError } from '../engine/error.ts'
import { topicOf } from '../engine/ports/topics.ts'
import type { Retention } from '../engine/ports/stream.ts'
import type { Pipeline, PipelineStatus } from '../schemas/pipeline.ts'
import type { Source } from '../schemas/source.ts'
import { forgetArchive, startArchive, type Archive } from './archive.ts'
import { eventRowsOf, runRowsOf } from './archive-rows.ts'
import { readerOf, startFeed, type Feed } from './feed.ts'
import { startHousekeeping, type Housekeeping } from './housekeeping.ts'
import { startJob, type Job, type JobEnd } from './job.ts'
import { createRetry } from './retry.ts'
import type { PipelineServices } from './services.ts'
import { createTurns, type Turns } from './turns.ts'

/** Everything that runs over streams in this process. */
export interface Runner {
  /** Takes up all work that was under way: readers, archives, running pipelines. */
  start(): Promise<void>
  /** Lets batches under way end for some seconds; what does not is resumed at the next start. */
  stop(): Promise<void>
  openSource(source: Source): Promise<void>
  closeSource(source: Source): Promise<void>
  startPipeline(workspace: string, id: string): Promise<void>
  pausePipeline(workspace: string, id: string): Promise<void>
}

/** A job, and the moment when its end is on record. */
interface Running {
  readonly job: Job
  readonly settled: Promise<void>
}

/** How long a pause or a stop waits for batches under way, milliseconds. */
const drainMs = 15_000
/** Records of online sources are kept so long; what ended is kept until its source is deleted. */
const onlineRetention: Retention = { ms: 30 * 86_400_000 }

export function createRunner(services: PipelineServices): Runner {
  const jobs = new Map<string, Running>()
  const turns = new Map<string, Turns>()
  const feeds = new Map<string, Feed>()
  const archives = new Map<string, Archive>()
  let housekeeping: Housekeeping | undefined
  const stopping = new AbortController()

  async function startSource(source: Source): Promise<void> {
    const topic = topicOf.source(source)
    const online = source.settings.kind !== 'file'
    await services.stream.ensureTopic(topic, {
      partitions: source.partitions,
      ...(online ? { retention: onlineRetention } : {}),
    })
    archive(topic, () => startArchive(services, source.workspace, topic, eventRowsOf(source)))
    archiveRuns(source.workspace)
    if (source.settings.kind === 'file' && source.status === 'reading' && !feeds.has(topic)) {
      const feed = startFeed(services, source)
      feeds.set(topic, feed)
      void feed.ended.finally(() => feeds.delete(topic))
    }
  }

  function archiveRuns(workspace: string): void {
    const topic = topicOf.runs(workspace)
    archive(topic, () => startArchive(services, workspace, topic, runRowsOf))
  }

  function archive(topic: string, start: () => Archive): void {
    if (!archives.has(topic)) archives.set(topic, start())
  }

  /** One start or pause of a pipeline at a time: two starts at once would make two jobs, one of which is fenced. */
  function inTurn(workspace: string, id: string, work: (key: string) => Promise<void>): Promise<void> {
    const key = `${workspace}/${id}`
    const mine = turns.get(key) ?? createTurns()
    turns.set(key, mine)
    return mine.take(() => work(key))
  }

  function launch(key: string, pipeline: Pipeline): void {
    if (jobs.has(key)) return
    const job = startJob(services, pipeline)
    const settled = job.ended.then(async end => {
      await settle(pipeline, end)
      jobs.delete(key)
    })
    jobs.set(key, { job, settled })
  }

  async function settle(pipeline: Pipeline, end: JobEnd): Promise<void> {
    const name = `pipeline ${pipeline.workspace}/${pipeline.id}`
    if (end.kind === 'finished') await setStatus(pipeline, 'finished', null)
    if (end.kind === 'fenced') services.telemetry.log('info', `${name}: another process took it over`)
    if (end.kind === 'failed') {
      services.telemetry.log('error', `${name} failed: ${end.message}`)
      await setStatus(pipeline, 'failed', end.message)
    }
  }

  async function setStatus(pipeline: Pipeline, status: PipelineStatus, error: string | null): Promise<void> {
    const retry = createRetry(services, `pipeline ${pipeline.workspace}/${pipeline.id}`)
    const { pipelines } = services.records.workspace(pipeline.workspace)
    await retry('store the status', () => pipelines.setStatus(pipeline.id, status, error), stopping.signal).catch(
      (failure: unknown) => {
        services.telemetry.log(
          'error',
          `pipeline ${pipeline.id}: its status ${status} could not be stored: ${String(failure)}`,
        )
      },
    )
  }

  async function load(workspace: string, id: string): Promise<Pipeline> {
    const pipeline = await services.records.workspace(workspace).pipelines.get(id)
    if (pipeline === undefined) throw new RiskloomError('not-found', `there is no pipeline ${id}`)
    return pipeline
  }

  /** Goes on with what an earlier process left running, unless somebody was faster to start or pause it here. */
  async function resume({ workspace, id }: Pipeline): Promise<void> {
    await inTurn(workspace, id, async key => {
      const pipeline = await services.records.workspace(workspace).pipelines.get(id)
      if (pipeline?.status === 'running') launch(key, pipeline)
    })
  }

  async function drain(job: Job): Promise<void> {
    job.drain()
    const late = new AbortController()
    const deadline = services.clock.sleep(drainMs, late.signal).then(
      () => job.abort(),
      () => undefined,
    )
    await job.ended
    late.abort()
    await deadline
  }

  return {
    async start() {
      for (const workspace of await services.records.access.workspaces()) {
        const records = services.records.workspace(workspace)
        archiveRuns(workspace)
        for (const source of await records.sources.list()) await startSource(source)
        for (const pipeline of await records.pipelines.list()) if (pipeline.status === 'running') await resume(pipeline)
      }
      housekeeping = startHousekeeping(services)
    },

    async stop() {
      housekeeping?.stop()
      for (const feed of feeds.values()) feed.stop()
      await Promise.all([...jobs.values()].map(running => drain(running.job)))
      stopping.abort()
      for (const one of archives.values()) one.stop()
      await Promise.all(
        [...feeds.values(), ...archives.values(), ...(housekeeping === undefined ? [] : [housekeeping])].map(
          one => one.ended,
        ),
      )
    },

    async openSource(source) {
      if (source.settings.kind === 'file') await readerOf(services, source).check(source)
      await startSource(source)
    },

    async closeSource(source) {
      const topic = topicOf.source(source)
      const ending = [feeds.get(topic), archives.get(topic)].filter(one => one !== undefined)
      for (const one of ending) one.stop()
      await Promise.all(ending.map(one => one.ended))
      archives.delete(topic)
      await services.stream.deleteTopic(topic)
      await forgetArchive(services, source.workspace, topic)
    },

    startPipeline: (workspace, id) =>
      inTurn(workspace, id, async key => {
        const pipeline = await load(workspace, id)
        const running = jobs.get(key)
        if (pipeline.status === 'running' && running !== undefined) return
        if (running !== undefined) {
          await drain(running.job)
          await running.settled
        }
        await services.records.workspace(workspace).pipelines.setStatus(id, 'running', null)
        launch(key, { ...pipeline, status: 'running', error: null })
      }),

    pausePipeline: (workspace, id) =>
      inTurn(workspace, id, async key => {
        const pipeline = await load(workspace, id)
        if (pipeline.status === 'finished') return
        await services.records.workspace(workspace).pipelines.setStatus(id, 'paused', null)
        const running = jobs.get(key)
        if (running !== undefined) await drain(running.job)
      }),
  }
}
