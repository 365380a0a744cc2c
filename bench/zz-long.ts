import { performance } from 'node:perf_hooks'
import { encodeRows, decisionRow, type Row } from '../engine/situation/rows.ts'
import type { Decision } from '../schemas/decision.ts'
import type { TracePolicy } from '../schemas/pipeline.ts'
import { openTwins } from '../test/support/twins.ts'
import { event, streamFixture, workspace, type StreamFixture } from '../test/support/stream-fixture.ts'
import { temporaryFolder } from '../test/support/temporary-folder.ts'
import { pureApp } from '../test/support/triage-app.ts'

/**
 * Events per second through read → map → a workflow of five nodes → decision in ClickHouse, durable, in one process with
 * the embedded engines; beside it what the parts can do alone. `npx tsx bench/pipeline.ts [events]`
 */
const events = Number(process.argv[2] ?? 100_000)
const appendSize = 5_000

const folder = await temporaryFolder()
const twins = await openTwins({ folder: folder.path })
const fixture = await streamFixture(twins.services, pureApp(), 3_600_000)
await fixture.streams.runner.start()

try {
  print('insert of decisions, events/s', await insertFloor(events))
  print('run of the workflow alone, events/s', await runFloor(Math.min(events, 50_000)))
  await warmUp()
  for (const trace of ['none'] as const) await throughput(fixture, trace)
} finally {
  await fixture.streams.runner.stop()
  await twins.close()
  await folder.remove()
}

async function warmUp(): Promise<void> {
  const source = await fixture.addSource('warm-up', undefined, 4)
  await fill('warm-up', 10_000)
  await fixture.addPipeline('warm-up', source, { batchSize: 4_000, trace: 'full' })
  await fixture.streams.start(workspace, 'warm-up')
  await fixture.untilSettled('warm-up', 10_000)
}

async function throughput(fixture: StreamFixture, trace: TracePolicy): Promise<void> {
  const id = `trace-${trace}`
  const source = await fixture.addSource(id, undefined, 4)
  await fill(id, events)
  await fixture.addPipeline(id, source, { batchSize: 4_000, batchesInFlight: 3, trace })
  const memory = sampleMemory(id)
  const processor = process.cpuUsage()
  const since = performance.now()
  await fixture.streams.start(workspace, id)
  await fixture.untilSettled(id, events)
  const seconds = (performance.now() - since) / 1_000
  const used = process.cpuUsage(processor)
  print(`pipeline, trace ${trace}, events/s`, events / seconds)
  print(`pipeline, trace ${trace}, CPU of this process, µs an event`, (used.user + used.system) / events)
  memory.report()
  const audit = await fixture.streams.audit(workspace, id)
  if (!audit.ok || audit.read !== events) throw new Error(`the audit does not add up: ${JSON.stringify(audit)}`)
}

async function fill(name: string, count: number): Promise<void> {
  const source = await twins.services.records.workspace(workspace).sources.get(name)
  if (source === undefined) throw new Error(`no source ${name}`)
  const since = performance.now()
  for (let from = 0; from < count; from += appendSize) {
    const items = Array.from({ length: Math.min(appendSize, count - from) }, (_, index) =>
      sample(`${name}-${from + index}`, from + index),
    )
    await fixture.streams.ingest(source, items)
  }
  print(`ingest into ${name}, events/s`, (count / (performance.now() - since)) * 1_000)
}

function sample(id: string, number: number): Record<string, unknown> {
  const text = `${number % 5 === 0 ? 'spam ' : ''}这是一条被举报的内容 please look at it, number ${number}. ${'words '.repeat(20)}`
  return event(id, text, { subject: `user-${number % 10_000}`, time: '2026-11-24T10:00:00.000Z' })
}

/** Resident memory of this process against events, sampled while they run: the slope behind the first half. */
function sampleMemory(id: string): { report(): void } {
  const samples: { events: number; bytes: number }[] = []
  const timer = setInterval(() => {
    const bytes = process.memoryUsage().rss
    void twins.services.records
      .workspace(workspace)
      .plans.counts(id)
      .then(
        counts => samples.push({ events: counts.read, bytes }),
        // A sample that does not come in time is left out.
        () => undefined,
      )
  }, 500)
  return {
    report() {
      clearInterval(timer)
      const later = samples.filter(sample => sample.events > events / 2)
      print(`pipeline, ${id}, resident memory at the end, MB`, process.memoryUsage().rss / 1e6)
      if (later.length > 2)
        print(`pipeline, ${id}, MB more for each 100,000 events (second half)`, (slope(later) * 100_000) / 1e6)
    },
  }
}

/** Least squares. */
function slope(samples: readonly { events: number; bytes: number }[]): number {
  const mean = (value: (sample: { events: number; bytes: number }) => number): number =>
    samples.reduce((sum, sample) => sum + value(sample), 0) / samples.length
  const x = mean(sample => sample.events)
  const y = mean(sample => sample.bytes)
  const covariance = mean(sample => (sample.events - x) * (sample.bytes - y))
  return covariance / mean(sample => (sample.events - x) ** 2)
}

async function insertFloor(count: number): Promise<number> {
  const size = 4_000
  const rows: Row[] = Array.from({ length: size }, (_, index) => decisionRow(decision(index)))
  const bytes = encodeRows(rows)
  const since = performance.now()
  for (let batch = 0; batch * size < count; batch += 1)
    await twins.services.analytics.insert('decisions', bytes, `floor-${batch}`)
  return (Math.ceil(count / size) * size * 1_000) / (performance.now() - since)
}

async function runFloor(count: number): Promise<number> {
  const version = await currentVersion()
  const size = 4_000
  const since = performance.now()
  for (let from = 0; from < count; from += size) {
    const items = Array.from({ length: Math.min(size, count - from) }, (_, index) => {
      const key = String(from + index)
      return {
        key,
        runId: `floor-${key}`,
        inputs: { text: `some words ${key} ${'words '.repeat(20)}`, surface: 'post' },
      }
    })
    await twins.services.durable.runBatch({
      workspace,
      batchId: `floor-${from}`,
      version,
      purpose: 'live',
      items,
      concurrency: 16,
      attempts: 1,
      traces: false,
    })
  }
  return (count * 1_000) / (performance.now() - since)
}

async function currentVersion() {
  const { apps } = twins.services.records.workspace(workspace)
  const app = await apps.get('triage')
  const version = await apps.version(app?.publishedVersion ?? '')
  if (version === undefined) throw new Error('the app has no version')
  return version
}

function decision(offset: number): Decision {
  return {
    v: 1,
    workspace: 'floor',
    pipeline: 'floor',
    source: 'floor',
    incarnation: 1,
    partition: 0,
    offset,
    purpose: 'live',
    jobId: '',
    revision: 1,
    status: 'decided',
    appId: 'triage',
    versionId: 'version',
    planId: 'plan',
    runId: `run-${offset}`,
    eventId: `event-${offset}`,
    eventType: 'report',
    subject: `user-${offset}`,
    eventTime: Date.now(),
    timeClamped: false,
    receivedAt: Date.now(),
    decidedAt: Date.now(),
    payloadHash: 'a'.repeat(64),
    surface: 'post',
    reportReason: '',
    language: '',
    preview: 'words '.repeat(20),
    label: 'spam',
    labels: ['spam'],
    score: 0.9,
    action: 'remove',
    reason: 'words '.repeat(20),
    policyId: '',
    policyClause: '',
    policyVersion: 0,
    errorCode: '',
    errorMessage: '',
    duplicateOf: '',
    attempts: 1,
    latencyMs: 10,
    runMs: 1,
    tokens: 0,
    cost: 0,
  }
}

function print(what: string, value: number): void {
  console.log(`${what}: ${value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2)}`)
}
