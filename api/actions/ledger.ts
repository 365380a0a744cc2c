import type { Analytics } from '../../engine/ports/analytics.ts'
import type { Records } from '../../engine/ports/records.ts'
import { pipelineCountsQuery } from '../../engine/situation/ledger.ts'
import type { Ledger } from '../../schemas/api/status.ts'

interface EndedCounts {
  readonly pipeline: string
  readonly decided: number
  readonly deadLettered: number
  readonly filtered: number
}

/**
 * “read = decided + dead-lettered + filtered + in flight”, from counters that are cheap enough to ask for all the time.
 * Plans are counted before and after the decisions: what ended must lie between what was surely inserted before and what
 * was read after, and be equal to what was read once nothing is in flight. Doubles and gaps that cancel each other out show
 * in an audit only.
 */
export async function loadLedger(
  services: { readonly records: Records; readonly analytics: Analytics },
  workspace: string,
): Promise<Ledger> {
  const before = await planned(services.records, workspace)
  const rows = await services.analytics.query<EndedCounts>(workspace, pipelineCountsQuery())
  const after = await planned(services.records, workspace)
  const ended = rows.filter(row => after.pipelines.has(row.pipeline))
  const sum = (field: 'decided' | 'deadLettered' | 'filtered') =>
    ended.reduce((total, row) => total + Number(row[field]), 0)
  const counts = { decided: sum('decided'), deadLettered: sum('deadLettered'), filtered: sum('filtered') }
  const total = counts.decided + counts.deadLettered + counts.filtered
  return {
    read: after.read,
    ...counts,
    inFlight: Math.max(0, after.read - total),
    ok: total >= before.read - before.inFlight && total <= after.read,
  }
}

async function planned(records: Records, workspace: string) {
  const { pipelines, plans } = records.workspace(workspace)
  const ids = (await pipelines.list()).map(pipeline => pipeline.id)
  const counts = await Promise.all(ids.map(id => plans.counts(id)))
  return {
    pipelines: new Set(ids),
    read: counts.reduce((sum, count) => sum + count.read, 0),
    inFlight: counts.reduce((sum, count) => sum + count.inFlight, 0),
  }
}
