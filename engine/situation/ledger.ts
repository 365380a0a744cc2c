import type { AnalyticsQuery } from '../ports/analytics.ts'

/** How the live events of a pipeline ended, after corrections. */
export interface PipelineCountsRow {
  readonly pipeline: string
  readonly decided: number
  readonly deadLettered: number
  readonly filtered: number
}

/** Counts by pipeline from the rollup by hour: cheap enough to ask for every second. Only an audit sees duplicates. */
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

/** Receipt of the newest live decision (milliseconds) among those received since a time; null when there is none. */
export function newestQuery(since: number): AnalyticsQuery {
  return {
    sql: `
      SELECT if(count() = 0, NULL, toUnixTimestamp64Milli(max(received_at))) AS newest
      FROM decisions
      WHERE workspace = {workspace:String} AND purpose = 'live'
        AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`,
    parameters: { since },
  }
}
