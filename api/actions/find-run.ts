import type { Analytics } from '../../engine/ports/analytics.ts'
import type { Durable } from '../../engine/ports/durable.ts'
import { allTime, loadRun } from '../../engine/situation/situation.ts'
import { decodeInput } from '../../engine/values/codec.ts'
import type { Run } from '../../schemas/run.ts'

/** A run by id: the durable side knows active and recent ones, analytics the rest. Both give values of our own codec. */
export async function findRun(
  services: { readonly durable: Durable; readonly analytics: Analytics },
  workspace: string,
  runId: string,
): Promise<Run | undefined> {
  const active = await services.durable.get(workspace, runId)
  if (active !== undefined) return active
  const recorded = await loadRun(services.analytics, workspace, runId, allTime, decodeInput)
  return recorded === undefined ? undefined : { v: 1, workspace, ...recorded }
}
