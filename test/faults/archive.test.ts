import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { RiskloomError } from '../../engine/error.ts'
import type { Analytics } from '../../engine/ports/analytics.ts'
import type { Stream } from '../../engine/ports/stream.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { forgetArchive, startArchive, type Archive } from '../../pipelines/archive.ts'
import { eventRowsOf, runRowsOf } from '../../pipelines/archive-rows.ts'
import type { PipelineServices } from '../../pipelines/services.ts'
import { take } from '../../pipelines/take.ts'
import { encodeJson } from '../../engine/values/codec.ts'
import type { Value } from '../../engine/values/value.ts'
import type { Run } from '../../schemas/run.ts'
import type { Source } from '../../schemas/source.ts'
import { event, hellos, streamFixture, workspace } from '../support/stream-fixture.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { pureApp } from '../support/triage-app.ts'
import { openTwins, type Twins } from '../support/twins.ts'

const patience = { timeout: 20_000, interval: 50 }

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let twins: Twins
const archives: Archive[] = []

beforeAll(async () => {
  folder = await temporaryFolder()
  twins = await openTwins({ folder: folder.path })
})

afterEach(async () => {
  for (const archive of archives) archive.stop()
  await Promise.all(archives.splice(0).map(archive => archive.ended))
})

afterAll(async () => {
  await twins.close()
  await folder.remove()
})

const lost = (): RiskloomError => new RiskloomError('analytics-unavailable', 'the answer was lost', { transient: true })

describe('a passing failure while more records arrive', () => {
  it('archives each event once when the answer of an insert is lost', async () => {
    const source = await sourceOf('answer')
    await append(source, hellos('before', 20))
    let inserts = 0
    start(source, {
      analytics: insertingWith(async (table, rows, token) => {
        await twins.services.analytics.insert(table, rows, token)
        if (inserts++ > 0) return
        await append(source, hellos('meanwhile', 15))
        throw lost()
      }),
    })
    await archived(source, 35)
    expect(await countsOf(source)).toEqual({ rows: 35, offsets: 35 })
    // The insert whose answer was lost, the same once more, and the rest.
    expect(inserts).toBe(3)
  })

  it('archives each run once when its nodes are refused behind it', async () => {
    const topic = topicOf.runs(workspace)
    const { analytics, stream } = twins.services
    await stream.ensureTopic(topic, { partitions: 2 })
    await appendRuns(0, 10)
    const failed = new Set<string>()
    const refusing = insertingWith(async (table, rows, token) => {
      if (table === 'node_runs' && !failed.has(table)) {
        failed.add(table)
        await appendRuns(10, 10)
        throw lost()
      }
      await analytics.insert(table, rows, token)
    })
    archives.push(startArchive({ ...twins.services, analytics: refusing }, workspace, topic, runRowsOf))
    await vi.waitUntil(async () => (await stream.groups.lag(topic, 'archive')).records === 0, patience)
    expect(failed.size).toBe(1)
    for (const table of ['runs', 'node_runs']) {
      const sql = `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(run_id)) AS runs FROM ${table}
        WHERE workspace = {workspace:String}`
      expect(await analytics.query(workspace, { sql }), table).toEqual([{ rows: 20, runs: 20 }])
    }
  })
})

describe('a failure that does not pass by itself', () => {
  const refused = (): RiskloomError => new RiskloomError('analytics-failed', 'no such column')

  it('is logged, and the archive goes on when someone has mended the cause', async () => {
    const source = await sourceOf('mended')
    await append(source, hellos('m', 12))
    const pauses: number[] = []
    const lines: string[] = []
    let refusals = 0
    const { analytics, clock, telemetry } = twins.services
    start(source, {
      analytics: insertingWith((...insert) =>
        refusals++ < 2 ? Promise.reject(refused()) : analytics.insert(...insert),
      ),
      clock: {
        ...clock,
        sleep: (ms, signal) => {
          if (ms > 10_000) pauses.push(ms)
          return clock.sleep(Math.min(ms, 300), signal)
        },
      },
      telemetry: { ...telemetry, log: (level, message) => void lines.push(`${level}: ${message}`) },
    })
    await archived(source, 12)
    expect(await countsOf(source)).toEqual({ rows: 12, offsets: 12 })
    expect(pauses).toEqual([30_000, 30_000])
    const line = `error: archive of ${topicOf.source(source)} fails and is tried again in 30 s: no such column`
    expect(lines).toEqual([line, line])
  })

  it('does not hold up the end of the process', async () => {
    const source = await sourceOf('held')
    await append(source, hellos('h', 3))
    const lines: string[] = []
    const archive = start(source, {
      analytics: insertingWith(() => Promise.reject(refused())),
      telemetry: { ...twins.services.telemetry, log: (_level, message) => void lines.push(message) },
    })
    await vi.waitUntil(() => lines.length > 0, patience)
    const since = Date.now()
    archive.stop()
    await archive.ended
    expect(Date.now() - since).toBeLessThan(5_000)
  })
})

describe('retention between the description and the read', () => {
  it('makes a gap of what it removed', async () => {
    const topic = `${workspace}/short`
    const { stream } = twins.services
    await fill(topic)
    const before = await stream.describe(topic)
    if (before === undefined) throw new Error('the topic is gone')
    await fill(topic)
    const [then, now] = [before.ends[0]?.earliest ?? -1, await earliestOf(topic)]
    expect(now).toBeGreaterThan(then)
    const taken = await take(stream, topic, before, new Map([[0, then]]), { records: 20, bytes: 1 << 20 })
    expect(taken.ranges).toEqual([{ partition: 0, from: then, to: now + 20 }])
    expect(taken.gaps).toEqual([{ partition: 0, from: then, to: now }])
    expect(taken.records.map(record => record.offset)).toEqual(Array.from({ length: 20 }, (_, n) => now + n))
  })

  it('is a passing failure while the description lags behind', async () => {
    const source = await sourceOf('lagging')
    await append(source, hellos('l', 4))
    const topic = topicOf.source(source)
    const { stream } = twins.services
    const info = await stream.describe(topic)
    if (info === undefined) throw new Error('the topic is gone')
    const torn: Stream = { ...stream, read: () => Promise.reject(removed()) }
    const taking = take(torn, topic, info, new Map(), { records: 4, bytes: 1 << 20 })
    await expect(taking).rejects.toMatchObject({ code: 'offset-out-of-range', transient: true })
  })

  it('neither ends the archive nor is passed over in silence', async () => {
    const source = await sourceOf('swept', 1)
    const topic = topicOf.source(source)
    const lines: string[] = []
    const { stream, telemetry } = twins.services
    await fill(topic)
    const before = await earliestOf(topic)
    let swept = false
    start(source, {
      stream: {
        ...stream,
        read: async (...place) => {
          if (!swept) {
            swept = true
            await fill(topic)
          }
          return stream.read(...place)
        },
      },
      telemetry: { ...telemetry, log: (_level, message) => void lines.push(message) },
    })
    await archived(source, 400)
    const gap = (await earliestOf(topic)) - before
    expect(gap).toBeGreaterThan(0)
    expect(await countsOf(source)).toEqual({ rows: 400 - before - gap, offsets: 400 - before - gap })
    expect(lines).toEqual([`archive of ${topic}: ${gap} records were removed by retention before they were read`])
  })

  it('does not fail the pipeline', async () => {
    const fixture = await streamFixture(twins.services, pureApp())
    const source = await fixture.addSource('pipe', undefined, 1)
    const topic = topicOf.source(source)
    await fixture.streams.ingest(source, hellos('p', 9))
    const { stream } = twins.services
    let earliest = 0
    const cut: Stream = {
      ...stream,
      describe: async name => {
        const info = await stream.describe(name)
        return info === undefined || name !== topic
          ? info
          : { ...info, ends: info.ends.map(end => ({ ...end, earliest })) }
      },
      read: (name, partition, from, limit) => {
        if (name !== topic || from >= 4) return stream.read(name, partition, from, limit)
        earliest = 4
        return Promise.reject(removed())
      },
    }
    await fixture.addPipeline('pipe-triage', source)
    const broken = await streamFixture({ ...twins.services, stream: cut }, pureApp())
    await broken.streams.start(workspace, 'pipe-triage')
    await broken.untilSettled('pipe-triage', 9)
    expect(await fixture.streams.audit(workspace, 'pipe-triage')).toMatchObject({ read: 9, decided: 5, gaps: 4 })
    await broken.streams.pause(workspace, 'pipe-triage')
    await fixture.streams.runner.stop()
    await broken.streams.runner.stop()
  })
})

describe('the source of an archive is deleted', () => {
  it('leaves no open chunk, and a topic of the same name begins at its first record', async () => {
    const { analytics, blobs, stream } = twins.services
    const source = await sourceOf('halfway')
    const topic = topicOf.source(source)
    const path = `${workspace}/archive/source.halfway.1`
    await append(source, hellos('old', 30))
    let inserts = 0
    const first = start(source, {
      analytics: insertingWith(() => {
        inserts += 1
        return Promise.reject(lost())
      }),
    })
    await vi.waitUntil(() => inserts > 0, patience)
    first.stop()
    await first.ended
    expect(await blobs.get(path)).toBeDefined()
    await stream.deleteTopic(topic)
    // Between the two a crash may come: the chunk that is left speaks of a topic that is gone.
    await sourceOf('halfway')
    await append(source, hellos('new', 5))
    const second = start(source, { analytics })
    await archived(source, 5)
    expect(await countsOf(source)).toEqual({ rows: 5, offsets: 5 })
    second.stop()
    await second.ended
    await stream.deleteTopic(topic)
    await forgetArchive(twins.services, workspace, topic)
    expect(await blobs.get(path)).toBeUndefined()
    await forgetArchive(twins.services, workspace, topic)
  })
})

async function sourceOf(name: string, partitions = 2): Promise<Source> {
  const source: Source = {
    v: 1,
    workspace,
    name,
    incarnation: 1,
    partitions,
    settings: { kind: 'http', eventType: null },
    status: 'active',
    error: null,
    demo: false,
    createdAt: Date.now(),
  }
  await twins.services.stream.ensureTopic(topicOf.source(source), { partitions })
  return source
}

function start(source: Source, changes: Partial<PipelineServices>): Archive {
  const services = { ...twins.services, ...changes }
  const archive = startArchive(services, workspace, topicOf.source(source), eventRowsOf(source))
  archives.push(archive)
  return archive
}

function insertingWith(insert: Analytics['insert']): Analytics {
  return { ...twins.services.analytics, insert }
}

async function append(source: Source, events: readonly Record<string, unknown>[]): Promise<void> {
  await twins.services.stream.append(
    topicOf.source(source),
    events.map(one => ({ key: String(one['id']), value: Buffer.from(JSON.stringify(one)) })),
  )
}

/** 200 records of about 1 kB in a topic of one partition that keeps 50 kB; what is beyond is gone when it resolves. */
async function fill(topic: string): Promise<void> {
  const { stream } = twins.services
  const options = { partitions: 1, retention: { bytes: 50_000 } }
  await stream.ensureTopic(topic, options)
  const value = Buffer.from(JSON.stringify(event('filler', 'x'.repeat(900))))
  for (let n = 0; n < 200; n += 1) await stream.append(topic, [{ key: null, partition: 0, value }])
  await stream.ensureTopic(topic, options)
}

async function earliestOf(topic: string): Promise<number> {
  return (await twins.services.stream.describe(topic))?.ends[0]?.earliest ?? -1
}

async function appendRuns(from: number, count: number): Promise<void> {
  const runs = Array.from({ length: count }, (_, index) => runOf(`run-${from + index}`))
  await twins.services.stream.append(
    topicOf.runs(workspace),
    runs.map(run => ({ key: run.runId, value: Buffer.from(encodeJson(run as unknown as Value)) })), // as the durable port writes the topic
  )
}

function runOf(runId: string): Run {
  const startedAt = 1_700_000_000_000
  return {
    v: 1,
    workspace,
    runId,
    appId: 'triage',
    versionId: 'version-1',
    purpose: 'live',
    user: 'someone',
    status: 'succeeded',
    inputs: {},
    outputs: {},
    error: null,
    errorNode: null,
    verdict: null,
    startedAt,
    finishedAt: startedAt + 5,
    elapsedMs: 5,
    steps: 1,
    exceptions: 0,
    tokens: 0,
    cost: 0,
    nodes: [
      {
        id: `${runId}-start`,
        nodeId: 'start',
        nodeType: 'start',
        title: 'Start',
        index: 1,
        status: 'succeeded',
        inputs: {},
        processData: {},
        outputs: {},
        error: null,
        errorType: null,
        handle: null,
        attempts: 1,
        startedAt,
        elapsedMs: 5,
        tokens: 0,
        cost: 0,
      },
    ],
    modelCalls: [],
  }
}

/** Waits until the archive has committed so many offsets. */
async function archived(source: Source, count: number): Promise<void> {
  const { groups } = twins.services.stream
  await vi.waitUntil(async () => {
    const offsets = await groups.committed(topicOf.source(source), 'archive')
    return offsets.reduce<number>((sum, offset) => sum + (offset ?? 0), 0) === count
  }, patience)
}

async function countsOf(source: Source): Promise<{ rows: number; offsets: number } | undefined> {
  const rows = await twins.services.analytics.query<{ rows: number; offsets: number }>(workspace, {
    sql: `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(partition, offset)) AS offsets
      FROM events WHERE workspace = {workspace:String} AND source = {source:String}`,
    parameters: { source: source.name },
  })
  return rows[0]
}

function removed(): RiskloomError {
  return new RiskloomError('offset-out-of-range', 'the segment was removed by retention')
}
