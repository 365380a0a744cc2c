import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { analyticsAdapters } from '../../connectors/analytics/index.ts'
import type { Analytics } from '../../engine/ports/analytics.ts'
import { listCountQuery } from '../../engine/situation/decisions.ts'
import { loadNewest, pipelineCountsQuery } from '../../engine/situation/ledger.ts'
import * as rows from '../../engine/situation/rows.ts'
import * as situation from '../../engine/situation/situation.ts'
import * as contracts from '../../schemas/api/situation.ts'
import type { Decision } from '../../schemas/decision.ts'
import { Event } from '../../schemas/event.ts'
import type { Run } from '../../schemas/run.ts'
import { sampleDecision } from '../support/decisions.ts'

const start = Date.UTC(2026, 2, 27, 22, 17, 30)
const end = start + 72 * 3_600_000
const now = end
const labels = ['', '', '', 'spam', 'fraud', 'abuse']
const surfaces = ['comment', 'post', 'live', '']
const statuses = ['decided', 'decided', 'decided', 'decided', 'dead-lettered', 'filtered'] as const

/** Numbers in [0, 1) that are the same on every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function decisions(count: number): Decision[] {
  const random = seeded(7)
  const pick = <T>(list: readonly T[], fallback: T): T => list[Math.floor(random() * list.length)] ?? fallback
  return Array.from({ length: count }, (_, offset) => {
    const status = pick(statuses, 'decided')
    const eventTime = start + Math.floor(random() * (end - start))
    return sampleDecision({
      offset,
      pipeline: random() < 0.7 ? 'reports' : 'appeals',
      status,
      label: status === 'decided' ? pick(labels, '') : '',
      surface: pick(surfaces, ''),
      eventTime,
      receivedAt: eventTime + 50,
      decidedAt: eventTime + 300,
      latencyMs: Math.floor(random() * 4_000),
      tokens: offset % 50,
      cost: (offset % 50) / 64,
      score: Math.floor(random() * 100) / 100,
      preview: offset % 100 === 0 ? `加微信 VX${offset} 领取` : `text ${offset}`,
      errorCode: status === 'decided' ? '' : 'filter',
    })
  })
}

const runStart = decisions(8)[7]?.receivedAt ?? 0
const run: Run = {
  v: 1,
  workspace: 'main',
  runId: 'run-7',
  appId: 'report-triage',
  versionId: 'version-1',
  purpose: 'live',
  user: '',
  status: 'succeeded',
  inputs: { text: '中文 "quoted" \n end', count: 3 },
  outputs: { label: 'spam' },
  error: null,
  errorNode: null,
  verdict: null,
  startedAt: runStart,
  finishedAt: runStart + 5,
  elapsedMs: 4.5,
  steps: 2,
  exceptions: 0,
  tokens: 12,
  cost: 0.25,
  nodes: [1, 2].map(index => ({
    id: `node-run-${index}`,
    nodeId: `node-${index}`,
    nodeType: 'llm',
    title: '判断',
    index,
    status: 'succeeded',
    inputs: { index },
    processData: null,
    outputs: { list: [1, 'two', null] },
    error: null,
    errorType: null,
    handle: index === 1 ? 'true' : null,
    attempts: 1,
    startedAt: runStart + index,
    elapsedMs: 1.25,
    tokens: 6,
    cost: 0.125,
  })),
  modelCalls: [
    {
      id: 'call-1',
      nodeId: 'node-1',
      provider: 'local',
      model: 'triage',
      kind: 'llm',
      status: 'succeeded',
      error: null,
      promptTokens: 5,
      completionTokens: 7,
      cost: 0.25,
      startedAt: runStart + 1,
      elapsedMs: 1,
      firstTokenMs: null,
    },
  ],
}

describe.each(analyticsAdapters.map(adapter => [adapter.engine, adapter] as const))(
  'situation on %s',
  (_name, adapter) => {
    const written = decisions(6_000)
    /** What holds after corrections. */
    let facts = written
    let folder: string
    let analytics: Analytics
    const request = contracts.SituationRequest.parse({ from: start, to: end })
    const wide = { from: Math.floor(start / 60_000) * 60_000, to: Math.ceil(end / 60_000) * 60_000 }
    const inside = (decision: Decision, range: contracts.TimeRange) =>
      decision.eventTime >= range.from && decision.eventTime < range.to
    const decided = () => facts.filter(({ status }) => status === 'decided')

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'riskloom-test-'))
      analytics = await adapter.open({ folder, telemetry: { log() {}, count() {}, gauge() {}, observe() {} } })
      await analytics.migrate()
      await analytics.insert('decisions', rows.encodeRows(written.map(rows.decisionRow)), 'facts')
      const foreign = written.slice(0, 100).map(decision => rows.decisionRow({ ...decision, workspace: 'other' }))
      await analytics.insert('decisions', rows.encodeRows(foreign), 'foreign')
      const shadow = written
        .slice(0, 100)
        .map(decision => rows.decisionRow({ ...decision, purpose: 'shadow', jobId: 'job' }))
      await analytics.insert('decisions', rows.encodeRows(shadow), 'shadow')
      const corrected = written.map((decision, index): Decision =>
        index % 60 === 0
          ? { ...decision, revision: 2, status: 'decided', label: 'corrected', errorCode: '' }
          : decision,
      )
      const changes = corrected.flatMap((decision, index) => {
        const old = written[index]
        if (decision.revision === 1 || old === undefined) return []
        return [rows.retractionRow(old), rows.decisionRow(decision)]
      })
      await analytics.insert('decisions', rows.encodeRows(changes), 'corrections')
      facts = corrected
    })
    afterAll(async () => {
      await analytics.close()
      await rm(folder, { recursive: true, force: true })
    })

    async function countOf(filter: contracts.DecisionFilter): Promise<number> {
      const [row] = await analytics.query<{ decisions: number }>('main', listCountQuery(filter, now))
      return row?.decisions ?? Number.NaN
    }

    async function listed(filter: contracts.DecisionFilter, limit: number): Promise<contracts.DecisionSummary[]> {
      const all: contracts.DecisionSummary[] = []
      let cursor: string | undefined
      do {
        const page = await situation.loadDecisions(
          analytics,
          'main',
          { ...filter, limit, ...(cursor ? { cursor } : {}) },
          now,
        )
        contracts.DecisionPage.parse(page)
        all.push(...page.decisions)
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
      return all
    }

    it.each(['minute', '5min', 'hour', 'day'] as const)('counts decided events by %s and label', async bucket => {
      const length = bucket === 'minute' ? 12 * 3_600_000 : end - start
      const range = { from: start + 1_000, to: start + length }
      const answer = await situation.loadSeries(analytics, 'main', { ...request, ...range, bucket }, now)
      contracts.SituationSeries.parse(answer)
      const within = decided().filter(decision => inside(decision, answer))
      expect(answer.series.reduce((sum, { total }) => sum + total, 0)).toBe(within.length)
      for (const { label, counts } of answer.series) {
        const expected = answer.buckets.map(
          part => within.filter(decision => decision.label === label && inside(decision, part)).length,
        )
        expect(counts, label).toEqual(expected)
      }
      expect(answer.buckets[0]?.from).toBe(wide.from)
      expect(await countOf(answer.rows)).toBe(within.length)
    })

    it('begins days at midnight of the time zone, also when clocks change', async () => {
      // Clocks of Berlin went forward on 2026-03-29; Kolkata is five and a half hours ahead.
      for (const timeZone of ['Europe/Berlin', 'Asia/Kolkata', 'Asia/Shanghai', 'America/New_York']) {
        const answer = await situation.loadSeries(analytics, 'main', { ...request, bucket: 'day', timeZone }, now)
        const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone })
        const expected = new Map<string, number>()
        for (const { eventTime } of decided()) {
          const day = dayOf.format(eventTime)
          expected.set(day, (expected.get(day) ?? 0) + 1)
        }
        const counted = answer.buckets.map(({ from }, index) => [
          dayOf.format(from),
          answer.series.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0),
        ])
        expect(Object.fromEntries(counted), timeZone).toEqual(Object.fromEntries(expected))
      }
      const wrong = situation.loadSeries(analytics, 'main', { ...request, bucket: 'day', timeZone: 'Moon/Base' }, now)
      await expect(wrong).rejects.toMatchObject({ code: 'invalid-request' })
    })

    it('marks buckets that the range or the present cuts', async () => {
      const { buckets } = await situation.loadSeries(analytics, 'main', { ...request, bucket: 'hour' }, now)
      expect(buckets.map(({ complete }) => complete)).toEqual([false, ...Array.from({ length: 71 }, () => true), false])
    })

    it('sums a range up beside the period before', async () => {
      const middle = start + 36 * 3_600_000
      const answer = await situation.loadTotals(analytics, 'main', { ...request, from: middle }, now)
      contracts.SituationTotals.parse(answer)
      expect(answer.before.to).toBe(answer.from)
      expect(answer.before.to - answer.before.from).toBe(answer.to - answer.from)
      for (const [period, key] of [
        [answer, 'value'],
        [answer.before, 'before'],
      ] as const) {
        const all = facts.filter(decision => inside(decision, period))
        const good = all.filter(({ status }) => status === 'decided')
        const risky = good.filter(({ label }) => label !== '').length
        expect(answer.decided[key]).toBe(good.length)
        expect(answer.risky[key]).toBe(risky)
        expect(answer.riskyShare[key]).toBeCloseTo(risky / good.length, 12)
        expect(answer.deadLettered[key]).toBe(all.filter(({ status }) => status === 'dead-lettered').length)
        expect(answer.filtered[key]).toBe(all.filter(({ status }) => status === 'filtered').length)
        expect(answer.tokens[key]).toBe(all.reduce((sum, { tokens }) => sum + tokens, 0))
        expect(answer.cost[key]).toBeCloseTo(
          all.reduce((sum, { cost }) => sum + cost, 0),
          6,
        )
        const latencies = good.map(({ latencyMs }) => latencyMs).sort((left, right) => left - right)
        const p95 = latencies[Math.floor(latencies.length * 0.95)] ?? 0
        expect(Math.abs((answer.latencyP95Ms[key] ?? 0) / p95 - 1)).toBeLessThan(0.05)
      }
    })

    it('has nothing to say of an empty range', async () => {
      const empty = { ...request, from: start - 10 * 86_400_000, to: start - 9 * 86_400_000 }
      const answer = await situation.loadTotals(analytics, 'main', empty, now)
      contracts.SituationTotals.parse(answer)
      expect([answer.decided.value, answer.riskyShare.value, answer.latencyP95Ms.value]).toEqual([0, null, null])
      const backwards = situation.loadTotals(analytics, 'main', { ...request, from: end, to: start }, now)
      await expect(backwards).rejects.toMatchObject({ code: 'invalid-request' })
    })

    it('counts label × surface', async () => {
      const answer = await situation.loadTable(analytics, 'main', request, now)
      contracts.SituationTable.parse(answer)
      expect(answer.labels[0]).toBe('')
      for (const { label, surface, decided: count } of answer.cells) {
        expect(count).toBe(decided().filter(one => one.label === label && one.surface === surface).length)
      }
      expect(answer.cells.reduce((sum, cell) => sum + cell.decided, 0)).toBe(decided().length)
    })

    it('lists exactly the rows behind each number', async () => {
      const narrowed = { ...request, pipeline: 'appeals', from: start + 3_600_000 }
      const totals = await situation.loadTotals(analytics, 'main', narrowed, now)
      for (const name of ['decided', 'risky', 'deadLettered', 'filtered'] as const) {
        const { value, rows: filter } = totals[name]
        expect(await listed(filter, 500), name).toHaveLength(value ?? -1)
      }
      const table = await situation.loadTable(analytics, 'main', narrowed, now)
      for (const { label, surface, decided: count } of table.cells.slice(0, 6)) {
        const found = await listed({ ...table.rows, label, surface }, 500)
        expect(found, `${label} ${surface}`).toHaveLength(count)
      }
      const series = await situation.loadSeries(analytics, 'main', { ...narrowed, bucket: 'hour' }, now)
      const [spam] = series.series.filter(({ label }) => label === 'spam')
      const part = series.buckets[20]
      if (part === undefined) throw new Error('no such bucket')
      const point = { ...series.rows, label: 'spam', from: part.from, to: part.to }
      expect(await listed(point, 500)).toHaveLength(spam?.counts[20] ?? -1)
    })

    it('narrows by label, surface and action, in every number', async () => {
      const narrowed = { ...request, label: 'spam', surface: 'live' }
      const totals = await situation.loadTotals(analytics, 'main', narrowed, now)
      const expected = decided().filter(({ label, surface }) => label === 'spam' && surface === 'live')
      expect(totals.decided.value).toBe(expected.length)
      expect(totals.latencyP95Ms.value).toBeGreaterThan(0)
      const withoutSurface = await situation.loadTotals(analytics, 'main', { ...request, surface: '' }, now)
      expect(withoutSurface.decided.value).toBe(decided().filter(({ surface }) => surface === '').length)
    })

    it('pages through all decisions, newest first, each once and in its newest revision', async () => {
      const all = await listed({ from: wide.from, to: wide.to }, 499)
      expect(all).toHaveLength(facts.length)
      expect(new Set(all.map(({ id }) => id)).size).toBe(facts.length)
      const times = all.map(({ eventTime }) => eventTime)
      expect(times).toEqual([...times].sort((left, right) => right - left))
      const byOffset = new Map(facts.map(decision => [decision.offset, decision]))
      for (const { id, ...decision } of all) {
        expect({ v: 1, workspace: 'main', ...decision }).toEqual(byOffset.get(decision.offset))
        expect(id).not.toBe('')
      }
    })

    it.each([
      [{ text: '加微信 vx1' }, (one: Decision) => /加微信 vx1/i.test(one.preview)],
      [{ text: "'; DROP TABLE decisions; --" }, () => false],
      [{ scoreMin: 0.5, scoreMax: 0.75 }, (one: Decision) => one.score >= 0.5 && one.score <= 0.75],
      [{ status: 'filtered', surface: 'post' }, (one: Decision) => one.status === 'filtered' && one.surface === 'post'],
      [{ risky: false }, (one: Decision) => one.status === 'decided' && one.label === ''],
      [{ source: 'elsewhere' }, () => false],
      [{ subject: 'content-17' }, (one: Decision) => one.offset === 17],
    ] as const)('finds by %o', async (filter, matches) => {
      const found = await listed({ ...wide, ...filter }, 500)
      expect(found.map(({ offset }) => offset).toSorted((a, b) => a - b)).toEqual(
        facts
          .filter(matches)
          .map(({ offset }) => offset)
          .toSorted((a, b) => a - b),
      )
    })

    it('refuses a cursor that is none', async () => {
      const page = situation.loadDecisions(analytics, 'main', { limit: 10, cursor: "x'); --" }, now)
      await expect(page).rejects.toMatchObject({ code: 'invalid-request' })
    })

    it('shows a decision with its event, its run, its nodes and their model calls', async () => {
      const event = Event.parse({ id: 'event-7', source: 's', type: 'report', data: { text: '你好' } })
      const position = { workspace: 'main', source: 'reports', incarnation: 1, partition: 0, offset: 7 }
      const times = { receivedAt: start, eventTime: start, timeClamped: false }
      const raw = { raw: '{"broken', errorCode: 'malformed-record', errorMessage: 'unexpected end' }
      const events = [
        rows.eventRow({ ...position, ...times, body: { event } }),
        rows.eventRow({ ...position, ...times, offset: 8, body: raw }),
        rows.eventRow({
          ...position,
          ...times,
          offset: 9,
          body: { event, errorCode: 'invalid-event', errorMessage: 'no text' },
        }),
      ]
      await analytics.insert('events', rows.encodeRows(events), 'events')
      await analytics.insert('runs', rows.encodeRows([rows.runRow(run, position)]), 'runs')
      await analytics.insert('node_runs', rows.encodeRows(rows.nodeRunRows(run)), 'nodes')
      await analytics.insert('model_calls', rows.encodeRows(rows.modelCallRows(run)), 'calls')
      const found = await listed({ ...wide, subject: 'content-7' }, 10)
      const detail = await situation.loadDecision(analytics, 'main', found[0]?.id ?? '')
      contracts.DecisionDetail.omit({ policy: true }).parse(detail)
      const { v: _v, workspace: _workspace, ...expected } = run
      expect(detail?.run).toEqual(expected)
      expect(detail?.event?.payload).toEqual(event)
      expect(detail?.decision.offset).toBe(7)
      const [malformed] = await listed({ ...wide, subject: 'content-8' }, 10)
      const broken = await situation.loadDecision(analytics, 'main', malformed?.id ?? '')
      expect(broken?.event).toMatchObject({ payload: '{"broken', errorCode: 'malformed-record' })
      const [invalid] = await listed({ ...wide, subject: 'content-9' }, 10)
      const wrong = await situation.loadDecision(analytics, 'main', invalid?.id ?? '')
      expect(wrong?.event).toMatchObject({ payload: event, errorCode: 'invalid-event' })
      expect(broken?.run).toBeNull()
      expect(
        await situation.loadDecision(analytics, 'other', malformed?.id.replace('.8.', '.7777.') ?? ''),
      ).toBeUndefined()
      expect(await situation.loadDecision(analytics, 'main', 'nonsense')).toBeUndefined()
    })

    it('keeps the revisions of a decision', async () => {
      const [found] = await listed({ ...wide, subject: 'content-60' }, 10)
      const detail = await situation.loadDecision(analytics, 'main', found?.id ?? '')
      expect(detail?.revisions.map(({ revision }) => revision)).toEqual([2, 1])
      expect(detail?.decision.label).toBe('corrected')
    })

    it('counts by pipeline how events ended', async () => {
      const count = (pipeline: string, status: string) =>
        facts.filter(one => one.pipeline === pipeline && one.status === status).length
      expect(await analytics.query('main', pipelineCountsQuery())).toEqual(
        ['appeals', 'reports'].map(pipeline => ({
          pipeline,
          decided: count(pipeline, 'decided'),
          deadLettered: count(pipeline, 'dead-lettered'),
          filtered: count(pipeline, 'filtered'),
        })),
      )
    })

    it('knows the values that occur and the newest receipt', async () => {
      const facets = await situation.loadFacets(analytics, 'main', request)
      contracts.SituationFacets.parse(facets)
      expect(facets.pipelines).toEqual(['appeals', 'reports'])
      expect(facets.labels).toEqual(['', 'abuse', 'corrected', 'fraud', 'spam'])
      const newest = Math.max(...facts.map(({ receivedAt }) => receivedAt))
      expect(await loadNewest(analytics, 'main', newest + 1)).toBe(newest)
      expect(await loadNewest(analytics, 'main', newest + 20 * 86_400_000)).toBe(newest)
      expect(await loadNewest(analytics, 'main', newest + 60 * 86_400_000)).toBeNull()
      expect(await loadNewest(analytics, 'nobody', newest)).toBeNull()
    })
  },
)
