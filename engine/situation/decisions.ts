import type { DecisionFilter, DecisionListRequest, DecisionSummary, TimeRange } from '../../schemas/api/situation.ts'
import { RiskloomError } from '../error.ts'
import type { AnalyticsQuery, QueryParameter } from '../ports/analytics.ts'
import { dimensionsSql, type Sql } from './counts.ts'
import { decisionId, type DecisionIdentity } from './decision-id.ts'
import { eventTimeBetween } from './event-time-sql.ts'

const dayMs = 86_400_000
const defaultDays = 30
/** Events may be ahead of their receipt by this much. */
const aheadMs = 5 * 60_000
const firstWindowMs = 2 * 3_600_000
const windowGrowth = 8

/** A decision as `listQuery` and `decisionQuery` give it. */
export type DecisionRow = Omit<DecisionSummary, 'id'>

const eventTimeIn = eventTimeBetween('from', 'to')
const millis = (column: string): string => `toUnixTimestamp64Milli(${column})`

const summaryColumns = `
  pipeline, source, incarnation, \`partition\` AS partition, \`offset\` AS offset, purpose, job_id AS jobId, revision, status,
  app_id AS appId, version_id AS versionId, plan_id AS planId, run_id AS runId, event_id AS eventId,
  event_type AS eventType, subject, ${millis('fact.event_time')} AS eventTime, time_clamped AS timeClamped,
  ${millis('fact.received_at')} AS receivedAt, ${millis('fact.decided_at')} AS decidedAt, payload_hash AS payloadHash, surface,
  report_reason AS reportReason, language, preview, label, labels, score, action, reason, policy_id AS policyId,
  policy_clause AS policyClause, policy_version AS policyVersion, error_code AS errorCode,
  error_message AS errorMessage, duplicate_of AS duplicateOf, attempts, latency_ms AS latencyMs, run_ms AS runMs,
  tokens, cost`

const identity = 'pipeline, source, incarnation, `partition`, `offset`, purpose, job_id, revision'

/** Revisions that a later one replaced; there are few, and an index finds them. */
const notRetracted = `(${identity}) NOT IN (
        SELECT ${identity} FROM decisions
        WHERE workspace = {workspace:String} AND sign = -1 AND ${eventTimeIn})`

/** Order of the list, newest first. The hour comes first as in the sort key, so that reading stops with the page. */
const place = 'event_time, pipeline, source, incarnation, `partition`, `offset`'
const order = `toStartOfHour(event_time) DESC, ${place
  .split(', ')
  .map(column => `${column} DESC`)
  .join(', ')}`

/** The range a list covers: what is asked for, else the last 30 days. */
export function listRange(filter: DecisionFilter, now: number): TimeRange {
  const to = filter.to ?? now + aheadMs
  return { from: filter.from ?? to - defaultDays * dayMs, to }
}

/** What is left of the range behind the cursor: nothing there is newer than it. */
export function rangeBehindCursor(request: DecisionListRequest, now: number): TimeRange {
  const range = listRange(request, now)
  if (request.cursor === undefined) return range
  return { from: range.from, to: Math.min(range.to, parseCursor(request.cursor).eventTime + 1) }
}

/**
 * The range from its end to its beginning, in windows that grow: a page is mostly full after the first, which costs
 * little however much the range holds, and a rare decision is found after few.
 */
export function* windowsBack(range: TimeRange): Generator<TimeRange> {
  let width = firstWindowMs
  for (let to = range.to; to > range.from; width *= windowGrowth) {
    const from = Math.max(range.from, to - width)
    yield { from, to }
    to = from
  }
}

/** The newest decisions of a window. */
export function listQuery(request: DecisionListRequest, window: TimeRange, limit: number): AnalyticsQuery {
  const filter = filterSql(request)
  const keyset = keysetSql(request)
  return {
    sql: `
      SELECT ${summaryColumns}
      FROM decisions AS fact
      WHERE workspace = {workspace:String} AND purpose = 'live' AND sign = 1 AND ${eventTimeIn}${filter.text}${keyset.text}
        AND ${notRetracted}
      ORDER BY ${order}
      LIMIT {limit:UInt32}`,
    parameters: { ...filter.parameters, ...keyset.parameters, ...window, limit },
  }
}

/** How many decisions a filter names. */
export function listCountQuery(filter: DecisionFilter, now: number): AnalyticsQuery {
  const range = listRange(filter, now)
  const where = filterSql(filter)
  return {
    sql: `
      SELECT sum(sign) AS decisions FROM decisions
      WHERE workspace = {workspace:String} AND purpose = 'live' AND ${eventTimeIn}${where.text}`,
    parameters: { ...where.parameters, from: range.from, to: range.to },
  }
}

/** All revisions of a decision, the newest first. */
export function decisionQuery(decision: DecisionIdentity): AnalyticsQuery {
  const { eventTime, ...parameters } = decision
  return {
    sql: `
      SELECT ${summaryColumns}
      FROM decisions AS fact
      WHERE workspace = {workspace:String} AND ${eventTimeIn}
        AND pipeline = {pipeline:String} AND source = {source:String} AND incarnation = {incarnation:UInt32}
        AND \`partition\` = {partition:UInt32} AND \`offset\` = {offset:UInt64}
        AND purpose = {purpose:String} AND job_id = {jobId:String} AND sign = 1
      ORDER BY revision DESC
      LIMIT 100`,
    parameters: { ...parameters, from: eventTime, to: eventTime + 1 },
  }
}

export function cursorOf(decision: DecisionRow): string {
  return decisionId(decision)
}

function parseCursor(cursor: string): Omit<DecisionIdentity, 'purpose' | 'jobId'> {
  const [eventTime, pipeline, source, incarnation, partition, offset] = cursor.split('.')
  const numbers = { eventTime, incarnation, partition, offset }
  for (const value of Object.values(numbers)) {
    if (value === undefined || !/^\d{1,15}$/.test(value)) {
      throw new RiskloomError('invalid-request', `not a cursor: ${cursor}`, {
        details: { field: 'cursor', value: cursor },
      })
    }
  }
  return {
    eventTime: Number(eventTime),
    pipeline: pipeline ?? '',
    source: source ?? '',
    incarnation: Number(incarnation),
    partition: Number(partition),
    offset: Number(offset),
  }
}

function keysetSql({ cursor }: DecisionListRequest): Sql {
  if (cursor === undefined) return { text: '', parameters: {} }
  const after = parseCursor(cursor)
  return {
    text: ` AND (${place}) < (fromUnixTimestamp64Milli({afterTime:Int64}, 'UTC'), {afterPipeline:String},
          {afterSource:String}, {afterIncarnation:UInt32}, {afterPartition:UInt32}, {afterOffset:UInt64})`,
    parameters: {
      afterTime: after.eventTime,
      afterPipeline: after.pipeline,
      afterSource: after.source,
      afterIncarnation: after.incarnation,
      afterPartition: after.partition,
      afterOffset: after.offset,
    },
  }
}

const equalities = {
  status: 'status',
  source: 'source',
  eventType: 'event_type',
  subject: 'subject',
  errorCode: 'error_code',
} as const

function filterSql(filter: DecisionFilter): Sql {
  const { text: dimensions, parameters } = dimensionsSql(filter)
  const bound: Record<string, QueryParameter> = { ...parameters }
  const conditions: string[] = []
  for (const [name, column] of Object.entries(equalities)) {
    // The keys of `equalities` are keys of the filter.
    const value = filter[name as keyof typeof equalities]
    if (value === undefined) continue
    conditions.push(`${column} = {${name}:String}`)
    bound[name] = value
  }
  if (filter.risky !== undefined) conditions.push(`status = 'decided' AND label ${filter.risky ? '!=' : '='} ''`)
  for (const [name, comparison] of [
    ['scoreMin', '>='],
    ['scoreMax', '<='],
  ] as const) {
    const value = filter[name]
    if (value === undefined) continue
    conditions.push(`score ${comparison} {${name}:Float64}`)
    bound[name] = value
  }
  if (filter.text !== undefined && filter.text !== '') {
    conditions.push('positionCaseInsensitiveUTF8(preview, {text:String}) > 0')
    bound['text'] = filter.text
  }
  return { text: dimensions + conditions.map(condition => ` AND ${condition}`).join(''), parameters: bound }
}
