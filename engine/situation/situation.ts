import type {
  DecisionDetail,
  DecisionFilter,
  DecisionListRequest,
  DecisionPage,
  RunRecord,
  SituationFacets,
  SituationRequest,
  SituationSeries,
  SituationTable,
  SituationTotals,
  TimeRange,
} from '../../schemas/api/situation.ts'
import type { ModelCall } from '../../schemas/model-call.ts'
import type { Analytics } from '../ports/analytics.ts'
import { parseDecisionId, decisionId } from './decision-id.ts'
import {
  cursorOf,
  decisionQuery,
  listCountQuery,
  listQuery,
  listRange,
  rangeBehindCursor,
  windowsBack,
  type DecisionRow,
} from './decisions.ts'
import { latencyQuery, type LatencyRow } from './latency.ts'
import * as queries from './queries.ts'
import { bucketsOf, chooseBucket, periodBefore, wholeMinutes } from './range.ts'
import { seriesOf } from './series.ts'
import * as traces from './traces.ts'

/** Decided events over time by label. `now` in milliseconds. */
export async function loadSeries(
  analytics: Analytics,
  workspace: string,
  request: SituationRequest,
  now: number,
): Promise<SituationSeries> {
  const range = wholeMinutes(request)
  const bucket = request.bucket ?? chooseBucket(range)
  const buckets = bucketsOf(range, bucket, request.timeZone)
  const query = queries.seriesQuery(range, bucket, request)
  const rows = await analytics.query<queries.SeriesRow>(workspace, query)
  return {
    ...range,
    asOf: now,
    bucket,
    timeZone: request.timeZone,
    buckets: buckets.map(part => ({
      from: Math.max(part.from, range.from),
      to: Math.min(part.to, range.to),
      complete: part.from >= range.from && part.to <= Math.min(range.to, now),
    })),
    ...seriesOf(
      rows,
      buckets.map(({ from }) => from),
    ),
    rows: rowsBehind(range, request, { status: 'decided' }),
  }
}

/** Sums of the range, each beside the period before. */
export async function loadTotals(
  analytics: Analytics,
  workspace: string,
  request: SituationRequest,
  now: number,
): Promise<SituationTotals> {
  const range = wholeMinutes(request)
  const before = periodBefore(range, now)
  const [value, past] = await Promise.all(
    [range, before].map(period => loadPeriod(analytics, workspace, period, request)),
  )
  const figure = (name: keyof Period, filter: DecisionFilter) => ({
    value: value?.[name] ?? null,
    before: past?.[name] ?? null,
    rows: rowsBehind(range, request, filter),
  })
  return {
    ...range,
    before,
    asOf: now,
    decided: figure('decided', { status: 'decided' }),
    risky: figure('risky', { risky: true }),
    riskyShare: figure('riskyShare', { risky: true }),
    deadLettered: figure('deadLettered', { status: 'dead-lettered' }),
    filtered: figure('filtered', { status: 'filtered' }),
    latencyP95Ms: figure('latencyP95Ms', { status: 'decided' }),
    tokens: figure('tokens', {}),
    cost: figure('cost', {}),
  }
}

type Period = queries.TotalsRow & { readonly riskyShare: number | null; readonly latencyP95Ms: number | null }

async function loadPeriod(
  analytics: Analytics,
  workspace: string,
  range: TimeRange,
  request: SituationRequest,
): Promise<Period | undefined> {
  const [totals, latency] = await Promise.all([
    analytics.query<queries.TotalsRow>(workspace, queries.totalsQuery(range, request)),
    analytics.query<LatencyRow>(workspace, latencyQuery(range, request)),
  ])
  const [sums] = totals
  if (sums === undefined) return undefined
  return {
    ...sums,
    riskyShare: sums.decided === 0 ? null : sums.risky / sums.decided,
    latencyP95Ms: latency[0]?.p95 ?? null,
  }
}

/** Label × surface. */
export async function loadTable(
  analytics: Analytics,
  workspace: string,
  request: SituationRequest,
  now: number,
): Promise<SituationTable> {
  const range = wholeMinutes(request)
  const cells = await analytics.query<queries.CellRow>(workspace, queries.tableQuery(range, request))
  return {
    ...range,
    asOf: now,
    labels: byFrequency(cells, cell => cell.label),
    surfaces: byFrequency(cells, cell => cell.surface),
    cells,
    rows: rowsBehind(range, request, { status: 'decided' }),
  }
}

function byFrequency(cells: readonly queries.CellRow[], nameOf: (cell: queries.CellRow) => string): string[] {
  const sums = new Map<string, number>()
  for (const cell of cells) sums.set(nameOf(cell), (sums.get(nameOf(cell)) ?? 0) + cell.decided)
  return Array.from(sums)
    .sort(([, left], [, right]) => right - left)
    .map(([name]) => name)
}

export async function loadFacets(analytics: Analytics, workspace: string, range: TimeRange): Promise<SituationFacets> {
  const query = queries.facetsQuery(wholeMinutes(range))
  const [facets] = await analytics.query<SituationFacets>(workspace, query)
  return facets ?? { pipelines: [], appIds: [], labels: [], surfaces: [], actions: [] }
}

/** A page of decisions, newest event first. Fails with `invalid-request` on a cursor that is none. */
export async function loadDecisions(
  analytics: Analytics,
  workspace: string,
  request: DecisionListRequest,
  now: number,
): Promise<DecisionPage> {
  // One more than the page holds tells whether there is a next one.
  const wanted = request.limit + 1
  const rows: DecisionRow[] = []
  for (const window of windowsBack(rangeBehindCursor(request, now))) {
    rows.push(...(await analytics.query<DecisionRow>(workspace, listQuery(request, window, wanted - rows.length))))
    if (rows.length === wanted) break
  }
  const shown = rows.slice(0, request.limit)
  const last = shown.at(-1)
  return {
    ...listRange(request, now),
    decisions: shown.map(summary),
    next: rows.length > request.limit && last !== undefined ? cursorOf(last) : null,
    total: request.count === true ? await countDecisions(analytics, workspace, request, now) : null,
  }
}

async function countDecisions(
  analytics: Analytics,
  workspace: string,
  filter: DecisionFilter,
  now: number,
): Promise<number> {
  const [row] = await analytics.query<{ decisions: number }>(workspace, listCountQuery(filter, now))
  return row?.decisions ?? 0
}

/** A decision with its event and its run; undefined when there is no such decision. */
export async function loadDecision(
  analytics: Analytics,
  workspace: string,
  id: string,
): Promise<Omit<DecisionDetail, 'policy'> | undefined> {
  const identity = parseDecisionId(id)
  if (identity === undefined) return undefined
  const revisions = await analytics.query<DecisionRow>(workspace, decisionQuery(identity))
  const [decision] = revisions
  if (decision === undefined) return undefined
  const [events, run] = await Promise.all([
    analytics.query<traces.EventFactRow>(workspace, traces.eventQuery(decision)),
    decision.runId === '' ? undefined : loadRun(analytics, workspace, decision.runId, traces.runTimeOf(decision)),
  ])
  const [event] = events
  return {
    decision: summary(decision),
    revisions: revisions.map(summary),
    event: event === undefined ? null : traces.eventRecord(event),
    run: run ?? null,
  }
}

/** All days that can be stored. */
export const allTime: traces.RunTime = { from: 0, to: 4_102_444_800_000 }

/** A run with its nodes and model calls. Without a time all days are searched. */
export async function loadRun(
  analytics: Analytics,
  workspace: string,
  runId: string,
  time: traces.RunTime = allTime,
  read?: traces.ReadJson,
): Promise<RunRecord | undefined> {
  const [runs, nodes, calls] = await Promise.all([
    analytics.query<traces.RunFactRow>(workspace, traces.runQuery(runId, time)),
    analytics.query<traces.NodeRunFactRow>(workspace, traces.nodeRunsQuery(runId, time)),
    analytics.query<ModelCall>(workspace, traces.modelCallsQuery(runId, time)),
  ])
  const [run] = runs
  return run === undefined ? undefined : traces.runRecord(run, nodes, calls, read)
}

function summary(row: DecisionRow): DecisionPage['decisions'][number] {
  return { id: decisionId(row), ...row }
}

/** The filter of the list that names exactly the rows a number counts. */
function rowsBehind(range: TimeRange, request: SituationRequest, filter: DecisionFilter): DecisionFilter {
  const { pipeline, appId, label, surface, action } = request
  return {
    ...range,
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(appId === undefined ? {} : { appId }),
    ...(label === undefined ? {} : { label }),
    ...(surface === undefined ? {} : { surface }),
    ...(action === undefined ? {} : { action }),
    ...filter,
  }
}
