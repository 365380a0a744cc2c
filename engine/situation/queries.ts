import type { Bucket, SituationRequest, TimeRange } from '../../schemas/api/situation.ts'
import type { AnalyticsQuery } from '../ports/analytics.ts'
import { between, countsIn, dimensionsSql, type Dimensions } from './counts.ts'
import { hasWholeHourOffset } from './range.ts'

/** Rows that `seriesQuery` gives: milliseconds of the bucket’s start, and how many were decided. */
export interface SeriesRow {
  readonly start: number
  readonly label: string
  readonly decisions: number
}

export interface TotalsRow {
  readonly decided: number
  readonly risky: number
  readonly deadLettered: number
  readonly filtered: number
  readonly tokens: number
  readonly cost: number
}

export interface LatencyRow {
  /** Milliseconds; null when nothing was decided. */
  readonly p95: number | null
}

export interface CellRow {
  readonly label: string
  readonly surface: string
  readonly decided: number
}

const bucketSql: Readonly<Record<Bucket, string>> = {
  minute: 'at',
  '5min': 'toStartOfFiveMinutes(at)',
  hour: 'toStartOfHour(at)',
  day: 'toStartOfDay(at, {timeZone:String})',
}

/** Decided events by bucket and label. The range must be of whole minutes. */
export function seriesQuery(range: TimeRange, bucket: Bucket, request: SituationRequest): AnalyticsQuery {
  const fine = bucket === 'day' ? !hasWholeHourOffset(range, request.timeZone) : bucket !== 'hour'
  const counts = countsIn(range, request, fine)
  return {
    sql: `
      SELECT toInt64(toUnixTimestamp(${bucketSql[bucket]})) * 1000 AS start, label, sum(counts.decisions) AS decisions
      FROM ${counts.text} AS counts
      WHERE status = 'decided'
      GROUP BY start, label
      HAVING decisions != 0
      ORDER BY start, label`,
    parameters: { ...counts.parameters, ...(bucket === 'day' ? { timeZone: request.timeZone } : {}) },
  }
}

export function totalsQuery(range: TimeRange, dimensions: Dimensions): AnalyticsQuery {
  const counts = countsIn(range, dimensions, false)
  return {
    sql: `
      SELECT
        sumIf(decisions, status = 'decided') AS decided,
        sumIf(decisions, status = 'decided' AND label != '') AS risky,
        sumIf(decisions, status = 'dead-lettered') AS deadLettered,
        sumIf(decisions, status = 'filtered') AS filtered,
        sum(counts.tokens) AS tokens,
        sum(counts.cost) AS cost
      FROM ${counts.text} AS counts`,
    parameters: counts.parameters,
  }
}

/**
 * The 95th percentile of the time from receipt to decision. From the histogram by minute, unless a dimension is asked for
 * that the histogram does not have: then from the decisions themselves.
 */
export function latencyQuery(range: TimeRange, dimensions: Dimensions): AnalyticsQuery {
  const { label, surface, action } = dimensions
  const raw = label !== undefined || surface !== undefined || action !== undefined
  return raw ? latencyOfRows(range, dimensions) : latencyOfHistogram(range, dimensions)
}

function latencyOfHistogram(range: TimeRange, dimensions: Dimensions): AnalyticsQuery {
  const where = dimensionsSql(dimensions)
  return {
    // The middle of a bucket, see the migration of the rollups for its bounds.
    sql: `
      SELECT if(sum(weight) = 0, NULL, exp2((quantileExactWeighted(0.95)(bucket, weight) + 0.5) / 8) - 1) AS p95
      FROM (
        SELECT bucket, toUInt64(greatest(sum(decisions), 0)) AS weight
        FROM latency_by_minute
        WHERE workspace = {workspace:String} AND purpose = 'live'${where.text}
          AND ${between('minute', 'fromSecond', 'toSecond')}
        GROUP BY bucket
      )`,
    parameters: { ...where.parameters, fromSecond: range.from / 1_000, toSecond: range.to / 1_000 },
  }
}

function latencyOfRows(range: TimeRange, dimensions: Dimensions): AnalyticsQuery {
  const where = dimensionsSql(dimensions)
  return {
    sql: `
      SELECT if(sum(sign) <= 0, NULL, quantile(0.95)(latency_ms)) AS p95
      FROM decisions
      WHERE workspace = {workspace:String} AND purpose = 'live' AND status = 'decided'${where.text}
        AND ${eventTimeIn}`,
    parameters: { ...where.parameters, from: range.from, to: range.to },
  }
}

/** Decided events by label and surface. */
export function tableQuery(range: TimeRange, dimensions: Dimensions): AnalyticsQuery {
  const counts = countsIn(range, dimensions, false)
  return {
    sql: `
      SELECT label, surface, sum(decisions) AS decided
      FROM ${counts.text} AS counts
      WHERE status = 'decided'
      GROUP BY label, surface
      HAVING decided != 0
      ORDER BY decided DESC, label, surface
      LIMIT 10000`,
    parameters: counts.parameters,
  }
}

export interface FacetsRow {
  readonly pipelines: string[]
  readonly appIds: string[]
  readonly labels: string[]
  readonly surfaces: string[]
  readonly actions: string[]
}

/** Values that occur, at most 200 of a kind. */
export function facetsQuery(range: TimeRange): AnalyticsQuery {
  const counts = countsIn(range, {}, false)
  const values = (column: string): string => `arraySort(groupUniqArray(200)(${column}))`
  return {
    sql: `
      SELECT ${values('pipeline')} AS pipelines, ${values('app_id')} AS appIds, ${values('label')} AS labels,
        ${values('surface')} AS surfaces, ${values('action')} AS actions
      FROM ${counts.text} AS counts`,
    parameters: counts.parameters,
  }
}

/**
 * Rows of decisions in a range of event times (parameters `from` and `to`, milliseconds). Partitions go by receipt, and no
 * event is charted later than five minutes after it: that rules old partitions out.
 */
export const eventTimeIn = `(event_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
        AND event_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
        AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') - INTERVAL 5 MINUTE)`
