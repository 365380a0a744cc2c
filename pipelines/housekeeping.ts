import { messageOf } from '../engine/error.ts'
import { topicOf } from '../engine/ports/topics.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import { groupOf } from './offsets.ts'
import { sealFolder } from './seal.ts'
import type { PipelineServices } from './services.ts'

const everyMs = 60_000
/** Done plans and claims are kept at least so long. */
const leastAgeMs = 86_400_000
/** The sealed batch of a plan that is done stays so long, for whoever still reads it. */
const graceMs = 600_000

/** Removes what no restart can need any more. */
export interface Housekeeping {
  readonly ended: Promise<void>
  stop(): void
}

export function startHousekeeping(services: PipelineServices): Housekeeping {
  const abort = new AbortController()
  async function work(): Promise<void> {
    while (!abort.signal.aborted) {
      await tidy(services).catch((error: unknown) =>
        services.telemetry.log('warn', `housekeeping: ${messageOf(error)}`),
      )
      await services.clock.sleep(everyMs, abort.signal)
    }
  }
  // Only the abort of the sleep ends it.
  return { ended: work().catch(() => undefined), stop: () => abort.abort() }
}

/** One round over all workspaces. */
export async function tidy(services: PipelineServices): Promise<void> {
  for (const workspace of await services.records.access.workspaces()) {
    await dropSeals(services, workspace)
    await prune(services, workspace)
  }
}

async function prune(services: PipelineServices, workspace: string): Promise<void> {
  const records = services.records.workspace(workspace)
  const now = services.clock.now()
  const needed = (await records.pipelines.list()).map(pipeline => neededSince(services, pipeline, now))
  await records.plans.prune(Math.min(now - leastAgeMs, ...(await Promise.all(needed))))
}

/**
 * Receipt time from which a pipeline may still need claims. Windows count by receipt, so one that was paused, or reads an
 * old backlog, needs them from a window before its oldest event that is not terminal; those of open plans count.
 */
async function neededSince(services: PipelineServices, pipeline: Pipeline, now: number): Promise<number> {
  const { workspace, source: name, incarnation, settings } = pipeline
  const topic = topicOf.source({ workspace, name, incarnation })
  if (settings.duplicateWindowMs === 0 || (await services.stream.describe(topic)) === undefined) return now
  // Commits stay before the oldest open plan.
  const lag = await services.stream.groups.lag(topic, groupOf(pipeline.id))
  return now - lag.ms - settings.duplicateWindowMs
}

/** Asked in this order, a plan that is not open is done: its blob was listed, so the plan had been made. */
async function dropSeals(services: PipelineServices, workspace: string): Promise<void> {
  const { blobs, clock } = services
  const records = services.records.workspace(workspace)
  const paths = await blobs.list(sealFolder(workspace))
  const old = paths.filter(path => createdAt(planOf(path, workspace)) < clock.now() - graceMs)
  if (old.length === 0) return
  const open = new Set<string>()
  for (const pipeline of await records.pipelines.list())
    for (const plan of await records.plans.open(pipeline.id)) open.add(plan.id)
  for (const path of old) if (!open.has(planOf(path, workspace))) await blobs.delete(path)
}

function planOf(path: string, workspace: string): string {
  return path.slice(sealFolder(workspace).length).split('/')[0] ?? ''
}

/** Plan ids are UUIDs of version 7: their first 48 bits are milliseconds. */
function createdAt(plan: string): number {
  return Number.parseInt(plan.replaceAll('-', '').slice(0, 12), 16)
}
