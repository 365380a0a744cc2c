/**
 * Analytics: rows a second through the port beside what the engine takes by itself, and the queries of the first dashboard
 * page over many decisions. `npx tsx bench/analytics.ts [millions of decisions, 10 by default]`, after a build.
 */
import { Session } from 'chdb'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chdbAnalytics } from '../connectors/analytics/index.ts'
import type { Analytics } from '../engine/ports/analytics.ts'
import { loadNewest, pipelineCountsQuery } from '../engine/situation/ledger.ts'
import { decisionRow, encodeRows } from '../engine/situation/rows.ts'
import * as situation from '../engine/situation/situation.ts'
import { SituationRequest } from '../schemas/api/situation.ts'
import type { Decision } from '../schemas/decision.ts'

const millions = Number(process.argv[2] ?? 10)
const rounds = 20
const hour = 3_600_000
const day = 24 * hour
const telemetry = { log() {}, count() {}, gauge() {}, observe() {} }
const folder = mkdtempSync(join(tmpdir(), 'riskloom-bench-'))
const say = (line: string): void => void process.stdout.write(`${line}\n`)

try {
  const first = await chdbAnalytics({ folder, telemetry })
  await first.migrate()
  await first.close()
  await floor()
  const port = await chdbAnalytics({ folder, telemetry })
  await inserts('through the port', (rows, token) => port.insert('decisions', rows, token))
  await port.remove('bench', 'decisions', { sql: '1' })
  await port.close()
  await generate(millions)
  const analytics = await chdbAnalytics({ folder, telemetry })
  await queries(analytics)
  await analytics.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The engine in this process, given the same bytes: what no adapter can be faster than. */
async function floor(): Promise<void> {
  const session = openSession()
  await inserts('floor: chDB itself  ', async (values, token) => {
    const settings = { insert_deduplication_token: token, async_insert: 0, input_format_parallel_parsing: 0 }
    await session.insert({ table: 'decisions', values, format: 'JSONEachRow', settings })
  })
  session.close()
}

function openSession(): Session {
  const session = new Session(folder)
  session.query('USE riskloom')
  return session
}

async function inserts(name: string, insert: (rows: Uint8Array, token: string) => Promise<void>): Promise<void> {
  for (const size of [1_000, 10_000]) {
    const batches = Math.max(6, 100_000 / size / 4)
    const rows = Array.from({ length: batches }, (_, index) => batch(size, index * size))
    const rates: number[] = []
    for (const [index, bytes] of rows.entries()) {
      const start = performance.now()
      await insert(bytes, `${name}-${size}-${index}`)
      rates.push((size / (performance.now() - start)) * 1_000)
    }
    const parallel = performance.now()
    await Promise.all(rows.map((bytes, index) => insert(bytes, `${name}-${size}-again-${index}`)))
    const together = ((size * batches) / (performance.now() - parallel)) * 1_000
    const bytes = Math.round((rows[0]?.length ?? 0) / size)
    say(
      `insert ${name} ${String(size).padStart(6)} rows of ${bytes} B: ${kilo(quantile(rates, 0.5))} rows/s one by one, ${kilo(together)} together`,
    )
  }
  const start = performance.now()
  batch(50_000, 0)
  say(`  (rows to bytes in JavaScript: ${kilo((50_000 / (performance.now() - start)) * 1_000)} rows/s)`)
}

function batch(size: number, from: number): Uint8Array {
  return encodeRows(Array.from({ length: size }, (_, index) => decisionRow(decision(from + index))))
}

function decision(offset: number): Decision {
  const eventTime = Date.now() - (offset % 3_600_000)
  return {
    v: 1,
    workspace: 'bench',
    pipeline: 'reports',
    source: 'reports',
    incarnation: 1,
    partition: offset % 4,
    offset,
    purpose: 'live',
    jobId: '',
    revision: 1,
    status: 'decided',
    appId: 'report-triage',
    versionId: '0195d2f0-0000-7000-8000-000000000001',
    planId: '0195d2f0-0000-7000-8000-000000000002',
    runId: `0195d2f0-0000-7000-8000-000000000002-${offset}`,
    eventId: `event-${offset}`,
    eventType: 'report',
    subject: `content-${offset % 5_000}`,
    eventTime,
    timeClamped: false,
    receivedAt: eventTime,
    decidedAt: eventTime + 100,
    payloadHash: offset.toString(16).padStart(64, '0'),
    surface: ['comment', 'post', 'live', 'profile'][offset % 4] ?? '',
    reportReason: 'advertising',
    language: 'zh',
    preview: `加微信领取优惠 number ${offset}, text of a usual length as people report it`,
    label: ['', '', '', 'spam', 'fraud'][offset % 5] ?? '',
    labels: [],
    score: (offset % 100) / 100,
    action: 'review',
    reason: 'strongest label above its threshold',
    policyId: 'advertising',
    policyClause: 'contact',
    policyVersion: 1,
    errorCode: '',
    errorMessage: '',
    duplicateOf: '',
    attempts: 1,
    latencyMs: offset % 900,
    runMs: 2.5,
    tokens: 12,
    cost: 0.0001,
  }
}

/** Decisions of the last 30 days, made inside the engine, a million at a time. */
async function generate(total: number): Promise<void> {
  const session = openSession()
  const start = performance.now()
  for (let million = 0; million < total; million += 1) {
    await session.queryAsync(generated(million * 1_000_000, 1_000_000, total * 1_000_000))
  }
  say(`made ${total} million decisions in ${((performance.now() - start) / 1_000).toFixed(0)} s`)
  session.close()
}

function generated(from: number, count: number, total: number): string {
  return `
    INSERT INTO decisions (workspace, pipeline, source, incarnation, partition, offset, purpose, revision, status, app_id,
      version_id, plan_id, run_id, event_id, event_type, subject, event_time, received_at, decided_at, payload_hash, surface,
      report_reason, language, preview, label, score, action, reason, policy_id, policy_version, attempts, latency_ms,
      run_ms, tokens, cost)
    SELECT 'bench', if(r % 10 < 8, 'reports', 'appeals'), 'reports', 1, number % 4, number, 'live', 1,
      multiIf(r % 1000 < 5, 'dead-lettered', r % 1000 < 30, 'filtered', 'decided') AS status, 'report-triage', 'v1', 'plan',
      concat('run-', toString(number)), concat('event-', toString(number)), 'report', concat('content-', toString(r % 1000000)),
      fromUnixTimestamp64Milli(toInt64(${Date.now() - 30 * day} + number * ${(30 * day) / total}), 'UTC') AS at,
      at, at, lower(hex(sipHash128(number))), ['comment', 'post', 'live', 'profile', 'message', 'video'][1 + intDiv(r, 7) % 6],
      'advertising', 'zh', concat('加微信领取优惠 number ', toString(r), ' text of a usual length as people report it'),
      if(status != 'decided', '', ['', '', '', '', 'spam', 'spam', 'fraud', 'abuse', 'sexual', 'minor-safety'][1 + intDiv(r, 11) % 10]) AS label,
      (r % 100) / 100, multiIf(label = '', 'allow', r % 3 = 0, 'review', 'remove'), 'reason', 'policy', 1, 1,
      exp2(4 + (r % 4096) / 512), 3, 12, 0.0001
    FROM (SELECT number, sipHash64(number) AS r FROM numbers(${from}, ${count}))`
}

async function queries(analytics: Analytics): Promise<void> {
  const now = Date.now()
  const last = (length: number): SituationRequest => SituationRequest.parse({ from: now - length, to: now })
  const month = last(30 * day)
  const page = await situation.loadDecisions(analytics, 'bench', { limit: 50 }, now)
  const deep = { limit: 50, cursor: page.next ?? '' }
  const id = page.decisions[20]?.id ?? ''
  const cases: Record<string, () => Promise<unknown>> = {
    'series, hour × label, 30 days': () => situation.loadSeries(analytics, 'bench', month, now),
    'series, day × label, 30 days, Asia/Shanghai': () =>
      situation.loadSeries(analytics, 'bench', { ...month, bucket: 'day', timeZone: 'Asia/Shanghai' }, now),
    'series, 5 min × label, 24 hours': () => situation.loadSeries(analytics, 'bench', last(day), now),
    'series, minute × label, 6 hours': () => situation.loadSeries(analytics, 'bench', last(6 * hour), now),
    'totals and the period before, 15 days': () => situation.loadTotals(analytics, 'bench', last(15 * day), now),
    'totals and the period before, 24 hours': () => situation.loadTotals(analytics, 'bench', last(day), now),
    'label × surface, 30 days': () => situation.loadTable(analytics, 'bench', month, now),
    'latest 50 decisions': () => situation.loadDecisions(analytics, 'bench', { limit: 50 }, now),
    'the next 50': () => situation.loadDecisions(analytics, 'bench', deep, now),
    'latest 50 of a label': () => situation.loadDecisions(analytics, 'bench', { limit: 50, label: 'fraud' }, now),
    'latest 50 with a text': () => situation.loadDecisions(analytics, 'bench', { limit: 50, text: '12345' }, now),
    'one decision with event and run': () => situation.loadDecision(analytics, 'bench', id),
    'the first page: series, totals, table, latest, together': () =>
      Promise.all([
        situation.loadSeries(analytics, 'bench', last(day), now),
        situation.loadTotals(analytics, 'bench', last(day), now),
        situation.loadTable(analytics, 'bench', last(day), now),
        situation.loadDecisions(analytics, 'bench', { limit: 50 }, now),
      ]),
    'counts by pipeline': () => analytics.query('bench', pipelineCountsQuery()),
    'newest decision': () => loadNewest(analytics, 'bench', now),
  }
  const pid = engineProcess()
  for (const [name, run] of Object.entries(cases)) {
    const times: number[] = []
    await run()
    const cpu = cpuMs(pid)
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now()
      await run()
      times.push(performance.now() - start)
    }
    const [p50, p95, engine] = [quantile(times, 0.5), quantile(times, 0.95), (cpuMs(pid) - cpu) / rounds].map(ms =>
      `${ms.toFixed(1)} ms`.padStart(10),
    )
    say(`${name.padEnd(58)} p50 ${p50}   p95 ${p95}   CPU of the engine ${engine}`)
  }
  await new Promise(resolve => setTimeout(resolve, 4_000))
  const resident = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
  say(`memory of the engine’s process, idle: ${Math.round(Number(resident) / 1_000)} MB`)
}

function engineProcess(): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  const columns = lines.map(line => line.trim().split(/\s+/))
  return Number(
    columns.find(([, parent, ...args]) => Number(parent) === process.pid && args.join(' ').includes('chdb'))?.[0],
  )
}

/** CPU time a process has used so far; the figure that holds when the machine is busy. Known on Linux only. */
function cpuMs(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  // utime and stime, in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function kilo(value: number): string {
  return `${(value / 1_000).toFixed(1)}k`
}
