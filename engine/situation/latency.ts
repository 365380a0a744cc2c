import type { TimeRange } from '../../schemas/api/situation.ts'
import type { AnalyticsQuery } from '../ports/analytics.ts'
import { between, dimensionsSql, type Dimensions } from './counts.ts'
import { eventTimeBetween } from './event-time-sql.ts'
import { wholeHours } from './range.ts'

export interface LatencyRow {
  /** Milliseconds; null when nothing was decided. */
  readonly p95: number | null
}

/**
 * The 95th percentile of the time from receipt to decision, read from a histogram (see the migration of the rollups):
 * whole hours from the rollup, the edges of the range from the decisions. A dimension that the rollup does not have takes
 * the whole range from the decisions.
 */
export function latencyQuery(range: TimeRange, dimensions: Dimensions): AnalyticsQuery {
  const { label, surface, action } = dimensions
  const beyondRollup = label !== undefined || surface !== undefined || action !== undefined
  const rolled = beyondRollup ? undefined : wholeHours(range)
  const where = dimensionsSql(dimensions)
  const live = `workspace = {workspace:String} AND purpose = 'live'${where.text}`
  const rollup = `
          UNION ALL
          SELECT bucket, decisions FROM latency_by_hour WHERE ${live} AND ${between('hour', 'firstHour', 'lastHour')}`
  const edges =
    rolled === undefined
      ? [['from', 'to']]
      : [
          ['from', 'rolledFrom'],
          ['rolledTo', 'to'],
        ]
  const raw = edges.map(([from = '', to = '']) => eventTimeBetween(from, to)).join(' OR ')
  return {
    // The middle of a bucket stands for it.
    sql: `
      SELECT if(sum(weight) = 0, NULL, exp2((quantileExactWeighted(0.95)(bucket, weight) + 0.5) / 8) - 1) AS p95
      FROM (
        SELECT bucket, toUInt64(greatest(sum(decisions), 0)) AS weight
        FROM (
          SELECT toUInt16(floor(log2(latency_ms + 1) * 8)) AS bucket, toInt64(sign) AS decisions
          FROM decisions
          WHERE ${live} AND status = 'decided' AND (${raw})${rolled === undefined ? '' : rollup}
        )
        GROUP BY bucket
      )`,
    parameters: {
      ...where.parameters,
      ...range,
      ...(rolled === undefined
        ? {}
        : {
            rolledFrom: rolled.from,
            rolledTo: rolled.to,
            firstHour: rolled.from / 1_000,
            lastHour: rolled.to / 1_000,
          }),
    },
  }
}
