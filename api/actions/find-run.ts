import type { Analytics } from '../../engine/ports/analytics.ts'
import type { Durable } from '../../engine/ports/durable.ts'
import { loadRun } from '../../engine/situation/situation.ts'
import type { Run } from '../../schemas/run.ts'

/** A run by id: the durable side knows active and recent ones, analytics the rest. */
export async function findRun(
  services: { readonly durable: Durable; readonly analytics: Analytics },
  workspace: string,
  runId: string,
): Promise<Run | undefined> {
  const active = await services.durable.get(workspace, runId)
  if (active !== undefined) return active
  const recorded = await loadRun(services.analytics, workspace, runId)
  return recorded === undefined ? undefined : { v: 1, workspace, ...recorded }
}
