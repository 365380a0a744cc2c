import type { Analytics, AnalyticsQuery } from '../ports/analytics.ts'

const auditSeconds = 120

/** Live decisions of one partition of a pipeline’s source, as they stand after corrections. */
export interface LedgerRow {
  readonly pipeline: string
  readonly source: string
  readonly incarnation: number
  readonly partition: number
  readonly decided: number
  readonly deadLettered: number
  readonly filtered: number
  /** Offsets, each counted once. Less than all rows together when some event ended twice. */
  readonly unique: number
  readonly minOffset: number
  readonly maxOffset: number
}

/** Counts of a pipeline, or of all, row by row: this is what an audit holds against the plans. */
export function ledgerQuery(pipeline?: string): AnalyticsQuery {
  return {
    sql: `
      SELECT pipeline, source, incarnation, \`partition\` AS partition,
        sumIf(sign, status = 'decided') AS decided,
        sumIf(sign, status = 'dead-lettered') AS deadLettered,
        sumIf(sign, status = 'filtered') AS filtered,
        groupBitmap(\`offset\`) AS unique,
        min(\`offset\`) AS minOffset,
        max(\`offset\`) AS maxOffset
      FROM decisions
      WHERE workspace = {workspace:String} AND purpose = 'live' AND job_id = ''
        ${pipeline === undefined ? '' : 'AND pipeline = {pipeline:String}'}
      GROUP BY pipeline, source, incarnation, partition
      ORDER BY pipeline, source, incarnation, partition`,
    parameters: pipeline === undefined ? {} : { pipeline },
    maxSeconds: auditSeconds,
  }
}

export interface LedgerCounts {
  readonly decided: number
  readonly deadLettered: number
  readonly filtered: number
  /** Events that ended more than once. */
  readonly duplicates: number
  /** Offsets between the first and the last of a partition that have no decision. Those of plans under way are among them. */
  readonly gaps: number
}

export function ledgerCounts(rows: readonly LedgerRow[]): LedgerCounts {
  const total = (value: (row: LedgerRow) => number): number => rows.reduce((sum, row) => sum + value(row), 0)
  return {
    decided: total(row => row.decided),
    deadLettered: total(row => row.deadLettered),
    filtered: total(row => row.filtered),
    duplicates: total(row => row.decided + row.deadLettered + row.filtered - row.unique),
    gaps: total(row => row.maxOffset - row.minOffset + 1 - row.unique),
  }
}

export function loadLedger(analytics: Analytics, workspace: string, pipeline?: string): Promise<LedgerRow[]> {
  return analytics.query<LedgerRow>(workspace, ledgerQuery(pipeline))
}

/** Counts by pipeline from the rollup by hour: cheap enough to ask for every second, but blind to duplicates. */
export interface PipelineCountsRow {
  readonly pipeline: string
  readonly decided: number
  readonly deadLettered: number
  readonly filtered: number
}

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
