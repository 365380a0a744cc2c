import { codeOf, messageOf } from '../engine/error.ts'
import { topicOf } from '../engine/ports/topics.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { Plan } from '../schemas/plan.ts'
import type { StoredRecord } from '../engine/ports/stream.ts'
import { around } from './around.ts'
import type { JobContext } from './context.ts'
import { nextCut } from './cut.ts'
import { compileFilter } from './filter.ts'
import { createOffsets, type Offsets } from './offsets.ts'
import { processPlan } from './process-plan.ts'
import { createRetry } from './retry.ts'
import type { PipelineServices } from './services.ts'
import type { Taken } from './take.ts'
import { createTurns } from './turns.ts'
import { createVersionCache } from './version-cache.ts'

/** `finished`: the source has ended and everything of it is decided. `stopped`: asked to. `fenced`: another process took over. */
export type JobEnd =
  { readonly kind: 'finished' | 'stopped' | 'fenced' } | { readonly kind: 'failed'; readonly message: string }

/** A pipeline at work in this process. */
export interface Job {
  readonly ended: Promise<JobEnd>
  /** Plans nothing more and lets what is under way come to its end. */
  drain(): void
  /** Ends at once; a later job resumes the open plans. */
  abort(): void
}

export function startJob(services: PipelineServices, pipeline: Pipeline): Job {
  const intake = new AbortController()
  const abort = new AbortController()
  const ended = work(services, pipeline, intake.signal, abort).catch((error: unknown): JobEnd => {
    abort.abort()
    if (codeOf(error) === 'fenced') return { kind: 'fenced' }
    if (intake.signal.aborted && abort.signal.aborted && isAbort(error)) return { kind: 'stopped' }
    return { kind: 'failed', message: messageOf(error) }
  })
  return {
    ended,
    drain: () => intake.abort(),
    abort: () => {
      intake.abort()
      abort.abort()
    },
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

async function work(
  services: PipelineServices,
  pipeline: Pipeline,
  intake: AbortSignal,
  abort: AbortController,
): Promise<JobEnd> {
  const context = await takeOver(services, pipeline, abort.signal)
  const { plans } = context.records
  const open = await context.retry('resume', () => plans.open(pipeline.id), abort.signal)
  const marks = await context.retry('resume', () => plans.marks(pipeline.id), abort.signal)
  const offsets = createOffsets(context, marks)
  const flight = createFlight(context, offsets, abort)
  try {
    for (const plan of open) flight.announce(plan)
    await offsets.resumed()
    for (const plan of open) await flight.launch(plan)
    // A plan that fails ends the intake as well.
    await loop(context, flight, marks, AbortSignal.any([intake, abort.signal]))
  } catch (error) {
    // The job has ended only when nothing of it runs on beside its successor.
    flight.fail(error)
  }
  await flight.landed()
  return { kind: intake.aborted ? 'stopped' : 'finished' }
}

async function loop(
  context: JobContext,
  flight: Flight,
  marks: Map<number, number>,
  intake: AbortSignal,
): Promise<void> {
  while (!intake.aborted) {
    await flight.slot()
    const cut = await context.retry('read', () => nextCut(context, marks, intake), context.signal)
    if (cut === undefined) return
    const plan = await createPlan(context, cut)
    for (const range of plan.ranges) marks.set(range.partition, range.to)
    flight.announce(plan)
    await flight.launch(plan, cut.records)
  }
}

async function takeOver(services: PipelineServices, pipeline: Pipeline, signal: AbortSignal): Promise<JobContext> {
  const records = services.records.workspace(pipeline.workspace)
  const retry = createRetry(services, `pipeline ${pipeline.workspace}/${pipeline.id}`)
  const deadLetterTopic = topicOf.deadLetters(pipeline.workspace, pipeline.id)
  const epoch = await retry('take over', () => records.pipelines.takeOver(pipeline.id), signal)
  await retry(
    'make the dead-letter topic',
    () => services.stream.ensureTopic(deadLetterTopic, { partitions: 1 }),
    signal,
  )
  return {
    services,
    records,
    pipeline,
    epoch,
    topic: topicOf.source({ workspace: pipeline.workspace, name: pipeline.source, incarnation: pipeline.incarnation }),
    deadLetterTopic,
    filter: compileFilter(pipeline.settings.filter),
    versions: createVersionCache(records, pipeline),
    turns: createTurns(),
    retry,
    signal,
  }
}

async function createPlan(context: JobContext, cut: Taken): Promise<Plan> {
  const { clock, faults, ids } = context.services
  const { plans } = context.records
  const versionId = await context.retry('find the version', () => context.versions.current(), context.signal)
  const fresh = {
    id: ids.uuid(),
    pipeline: context.pipeline.id,
    epoch: context.epoch,
    versionId,
    ranges: [...cut.ranges],
    createdAt: clock.now(),
  }
  return context.retry('plan', () => around(faults, 'plan', () => plans.create(fresh)), context.signal)
}

/** Plans under way, at most `batchesInFlight` of them. The first failure ends them all. */
interface Flight {
  announce(plan: Plan): void
  /** Waits for a free place; rejects when a plan failed. */
  slot(): Promise<void>
  launch(plan: Plan, records?: readonly StoredRecord[]): Promise<void>
  /** Ends all plans under way. The first error is the one that counts. */
  fail(error: unknown): void
  /** Waits until no plan is under way; rejects when anything failed. */
  landed(): Promise<void>
}

function createFlight(context: JobContext, offsets: Offsets, abort: AbortController): Flight {
  const under = new Set<Promise<void>>()
  let failure: { error: unknown } | undefined

  async function fly(plan: Plan, records: readonly StoredRecord[] | undefined): Promise<void> {
    const { clock, telemetry } = context.services
    const since = clock.monotonic()
    try {
      await processPlan(context, plan, records)
      await offsets.finished(plan)
      telemetry.observe('pipeline_plan', clock.monotonic() - since, { pipeline: context.pipeline.id })
    } catch (error) {
      fail(error)
    }
  }

  function fail(error: unknown): void {
    failure ??= { error }
    abort.abort()
  }

  const flight: Flight = {
    announce: plan => offsets.started(plan),
    async slot() {
      while (under.size >= context.pipeline.settings.batchesInFlight) await Promise.race(under)
      if (failure !== undefined) throw failure.error
    },
    async launch(plan, records) {
      await flight.slot()
      const one = fly(plan, records).finally(() => under.delete(one))
      under.add(one)
    },
    fail,
    async landed() {
      await Promise.all(under)
      if (failure !== undefined) throw failure.error
    },
  }
  return flight
}
