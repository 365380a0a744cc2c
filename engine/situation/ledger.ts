import type { TimeRange } from '../../schemas/api/situation.ts'
import type { Analytics, AnalyticsQuery } from '../ports/analytics.ts'
import { windowsBack } from './decisions.ts'

/**
 * How live events ended after corrections: `pipeline`, `decided`, `deadLettered`, `filtered`. From the rollup by hour, so it
 * is cheap enough to ask for every second; duplicates show in an audit only.
 */
export function pipelineCountsQuery(): AnalyticsQuery {
  return {
    sql: `
      SELECT pipeline,
        sumIf(decisions, status = 'decided') AS decided,
        sumIf(decisions, status = 'dead-lettered') AS deadLettered,
        sumIf(decisions, status = 'filtered') AS filtered
      FROM decisions_by_hour
      WHERE workspace = {workspace:String} AND purpose = 'live'
      GROUP BY pipeline
      ORDER BY pipeline`,
  }
}

const searchedMs = 30 * 86_400_000

/**
 * Receipt of the newest live decision (milliseconds); null when there is none within 30 days. The search goes back in
 * growing windows, because the newest is nearly always minutes old.
 */
export async function loadNewest(analytics: Analytics, workspace: string, now: number): Promise<number | null> {
  for (const window of windowsBack({ from: now - searchedMs, to: now })) {
    const [row] = await analytics.query<{ newest: number | null }>(workspace, newestQuery(window))
    if (row !== undefined && row.newest !== null) return row.newest
  }
  return null
}

/** The upper bound stays open: clocks differ, and nothing is received later than now. */
function newestQuery({ from }: TimeRange): AnalyticsQuery {
  return {
    sql: `
      SELECT if(count() = 0, NULL, toUnixTimestamp64Milli(max(received_at))) AS newest
      FROM decisions
      WHERE workspace = {workspace:String} AND purpose = 'live'
        AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')`,
    parameters: { from },
  }
}
