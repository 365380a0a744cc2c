import { RiskloomError } from '../engine/error.ts'
import type { StoredRecord } from '../engine/ports/stream.ts'
import type { Plan } from '../schemas/plan.ts'
import { around } from './around.ts'
import type { JobContext } from './context.ts'
import { factsOf, type Facts } from './facts.ts'
import { prepare, type Prepared } from './prepare.ts'
import { readRanges } from './read-ranges.ts'
import { releaseOutbox } from './release-outbox.ts'
import { insertToken, readSeal, sealPath, writeSeal, type Section } from './seal.ts'

/**
 * Takes a plan from whatever state it is in to `done`. Each stage can be repeated without harm, by this process or by
 * the one that takes over after a crash; the plan’s state says which stages are behind it.
 *
 * @param records the plan’s records where they were just read; a resumed plan reads them again
 */
export async function processPlan(context: JobContext, plan: Plan, records?: readonly StoredRecord[]): Promise<void> {
  const resumed = records === undefined
  if (plan.state === 'planned') await insert(context, plan, await decideAndSeal(context, plan, records))
  if (plan.state === 'sealed') await insert(context, plan, await fetchSeal(context, plan, plan.sealHash ?? ''))
  await release(context, plan, resumed)
}

interface SealedBatch {
  readonly hash: string
  readonly sections: readonly Section[]
}

async function decideAndSeal(
  context: JobContext,
  plan: Plan,
  given: readonly StoredRecord[] | undefined,
): Promise<SealedBatch> {
  // In turn: of two events with one id, the earlier plan’s must be the first to claim it.
  const prepared = await context.turns.take(() =>
    context.retry('prepare', () => readAndPrepare(context, plan, given), context.signal),
  )
  await context.retry('run', () => run(context, plan, prepared), context.signal)
  const facts = factsOf(context.pipeline, plan, prepared.items, context.services.clock.now())
  countEndings(context, prepared)
  return context.retry('seal', () => seal(context, plan, facts), context.signal)
}

async function readAndPrepare(
  context: JobContext,
  plan: Plan,
  given: readonly StoredRecord[] | undefined,
): Promise<Prepared> {
  context.signal.throwIfAborted()
  const { services, versions } = context
  const records =
    given ?? (await around(services.faults, 'read', () => readRanges(services.stream, context.topic, plan.ranges)))
  const { mapping } = await versions.get(plan.versionId)
  return prepare(context, plan, records, mapping)
}

async function run(context: JobContext, plan: Plan, prepared: Prepared): Promise<void> {
  if (prepared.runs.length === 0) return
  const { concurrency, attempts, trace } = context.pipeline.settings
  const { version } = await context.versions.get(plan.versionId)
  const results = await context.services.durable.runBatch({
    workspace: plan.workspace,
    batchId: plan.id,
    version,
    purpose: 'live',
    items: prepared.runs,
    concurrency,
    attempts,
    traces: trace !== 'none',
    signal: context.signal,
  })
  // Results come in the order of the runs, and runs are the items that had not ended, in order.
  let next = 0
  for (const item of prepared.items) {
    if (item.ended !== undefined) continue
    item.result = results[next]
    next += 1
  }
}

async function seal(context: JobContext, plan: Plan, facts: Facts): Promise<SealedBatch> {
  const { blobs, faults } = context.services
  const sealed = writeSeal(plan.id, facts.sections)
  const winner = await around(faults, 'seal', async () => {
    await blobs.put(sealPath(plan.workspace, plan.id, sealed.hash), sealed.bytes)
    return context.records.plans.seal(plan.id, context.epoch, sealed.hash, facts.outbox)
  })
  return winner === sealed.hash ? { hash: winner, sections: facts.sections } : fetchSeal(context, plan, winner)
}

async function fetchSeal(context: JobContext, plan: Plan, hash: string): Promise<SealedBatch> {
  const path = sealPath(plan.workspace, plan.id, hash)
  const bytes = await context.retry('fetch the sealed batch', () => context.services.blobs.get(path), context.signal)
  if (bytes === undefined)
    throw new RiskloomError('corrupt-data', `sealed batch ${path} is missing`, { details: { path } })
  return { hash, sections: readSeal(bytes, hash) }
}

async function insert(context: JobContext, plan: Plan, sealed: SealedBatch): Promise<void> {
  const { durable, faults } = context.services
  const { plans } = context.records
  await Promise.all([
    context.retry('release the journal', () => durable.release(plan.workspace, plan.id), context.signal),
    insertSections(context, plan, sealed),
  ])
  await context.retry(
    'mark',
    () => around(faults, 'mark', () => plans.advance(plan.id, 'sealed', 'inserted')),
    context.signal,
  )
}

async function insertSections(context: JobContext, plan: Plan, sealed: SealedBatch): Promise<void> {
  const { analytics, faults } = context.services
  for (const { table, bytes } of sealed.sections) {
    const token = insertToken(plan.id, table, sealed.hash)
    await context.retry(
      'insert',
      () => around(faults, 'insert', () => analytics.insert(table, bytes, token)),
      context.signal,
    )
  }
}

async function release(context: JobContext, plan: Plan, resumed: boolean): Promise<void> {
  const { faults } = context.services
  await context.retry(
    'release the outbox',
    attempt => releaseOutbox(context, plan, resumed || attempt > 1),
    context.signal,
  )
  await context.retry(
    'finish',
    () => around(faults, 'mark', () => context.records.plans.advance(plan.id, 'inserted', 'done')),
    context.signal,
  )
}

function countEndings(context: JobContext, prepared: Prepared): void {
  const dropped = prepared.items.filter(item => item.ended?.kind === 'drop').length
  const labels = { pipeline: context.pipeline.id }
  context.services.telemetry.count('pipeline_events', prepared.items.length, labels)
  context.services.telemetry.count('pipeline_events_filtered', dropped, labels)
}
