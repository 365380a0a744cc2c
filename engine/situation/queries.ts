import type { Bucket, SituationRequest, TimeRange } from '../../schemas/api/situation.ts'
import type { AnalyticsQuery } from '../ports/analytics.ts'
import { countsIn, type Dimensions } from './counts.ts'
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

/** One row of `SituationFacets`: values that occur, at most 200 of a kind. */
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
