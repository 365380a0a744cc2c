import { messageOf } from '../engine/error.ts'
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
  const windows = (await records.pipelines.list()).map(pipeline => pipeline.settings.duplicateWindowMs)
  await records.plans.prune(services.clock.now() - Math.max(leastAgeMs, ...windows))
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
