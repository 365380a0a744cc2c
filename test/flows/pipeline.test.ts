import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RiskloomError } from '../../engine/error.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { tidy } from '../../pipelines/housekeeping.ts'
import type { DeadLetter } from '../../schemas/dead-letter.ts'
import { event, hellos, streamFixture, workspace, type StreamFixture } from '../support/stream-fixture.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { publishApp, pureApp } from '../support/triage-app.ts'
import { openTwins, type Twins } from '../support/twins.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let twins: Twins
let fixture: StreamFixture

beforeAll(async () => {
  folder = await temporaryFolder()
  twins = await openTwins({ folder: folder.path })
  fixture = await streamFixture(twins.services, pureApp())
  await fixture.streams.runner.start()
})

afterAll(async () => {
  await fixture.streams.runner.stop()
  await twins.close()
  await folder.remove()
})

describe('a pushed stream', () => {
  it('ends each event once: decided, filtered or dead-lettered', async () => {
    const source = await fixture.addSource('posts')
    await fixture.addPipeline('posts-triage', source, { batchSize: 7 })
    await fixture.streams.start(workspace, 'posts-triage')
    const answer = await fixture.streams.ingest(source, [
      ...hellos('e', 40),
      event('e-1', 'hello again'),
      event('bad-data', 'x', { data: { txt: 'x' } }),
      event('no-input', 'x', { type: 'custom', data: { other: 1 } }),
      event('old', 'from the past', { time: '1999-01-01T00:00:00Z' }),
      { id: 'no-envelope' },
    ])
    expect(answer).toEqual({ accepted: 44, rejected: [{ index: 44, field: 'source', message: 'source is missing' }] })
    await fixture.untilSettled('posts-triage', 44)

    expect(await fixture.streams.audit(workspace, 'posts-triage')).toEqual({
      pipeline: 'posts-triage',
      read: 44,
      decided: 41,
      deadLettered: 2,
      filtered: 1,
      duplicates: 0,
      gaps: 0,
      inFlight: 0,
      ok: true,
      missing: [],
    })
    const rows = await fixture.rows(
      `SELECT event_id, status, label, action, error_code, error_message, duplicate_of, time_clamped FROM decisions
       WHERE workspace = {workspace:String} AND pipeline = 'posts-triage' AND event_id IN ('e-0', 'e-1', 'bad-data', 'no-input', 'old')
       ORDER BY event_id, status`,
    )
    expect(rows).toMatchObject([
      {
        event_id: 'bad-data',
        error_code: 'invalid-event',
        error_message: 'data.text: is missing',
        time_clamped: false,
      },
      { event_id: 'e-0', label: 'spam', action: 'remove', error_code: '' },
      { event_id: 'e-1', label: '', action: 'allow', error_code: '', duplicate_of: '' },
      {
        event_id: 'e-1',
        status: 'filtered',
        error_code: 'duplicate',
        duplicate_of: expect.stringMatching(/^1\/[01]\/\d+$/),
      },
      {
        event_id: 'no-input',
        status: 'dead-lettered',
        error_code: 'node-failed',
        error_message: expect.stringContaining('text'),
      },
      { event_id: 'old', error_code: '', time_clamped: true },
    ])
  })

  it('keeps the record of a dead letter with its reason', async () => {
    const letters = await twins.services.stream.read(topicOf.deadLetters(workspace, 'posts-triage'), 0, 0, {
      records: 10,
    })
    const bodies = letters.map(letter => JSON.parse(Buffer.from(letter.value).toString()) as DeadLetter)
    const bad = bodies.find(letter => letter.eventId === 'bad-data')
    expect(bad).toMatchObject({ v: 1, source: 'posts', revision: 1, errorCode: 'invalid-event', encoding: 'utf8' })
    expect(JSON.parse(bad?.value ?? '')).toEqual(event('bad-data', 'x', { data: { txt: 'x' } }))
    expect(letters.map(letter => letter.key)).toEqual(
      bodies.map(letter => `acme/posts-triage/posts/1/${letter.partition}/${letter.offset}/1`),
    )
  })

  it('traces every run with its nodes', async () => {
    const [run] = await fixture.rows<{ run_id: string }>(
      `SELECT * FROM runs WHERE workspace = {workspace:String} AND pipeline = 'posts-triage' AND inputs LIKE '%buy spam%' LIMIT 1`,
    )
    expect(run).toMatchObject({ status: 'succeeded', inputs: '{"text":"buy spam","surface":"post"}', steps: 5 })
    const nodes = await fixture.rows(
      `SELECT node_id FROM node_runs WHERE workspace = {workspace:String} AND run_id = '${run?.run_id}' ORDER BY index`,
    )
    expect(nodes).toEqual(['start', 'words', 'branch', 'spam', 'end-spam'].map(node_id => ({ node_id })))
  })

  it('filters by rule, and two pipelines on one source do not take each other’s events for repeats', async () => {
    const source = await fixture.addSource('two')
    await fixture.streams.ingest(source, [
      event('a', 'one'),
      event('b', 'two', { data: { text: 'two', surface: 'live' } }),
    ])
    await fixture.addPipeline('all-of-two', source)
    await fixture.addPipeline('live-of-two', source, {
      filter: [{ path: 'data.surface', operator: 'equals', value: 'live' }],
    })
    for (const id of ['all-of-two', 'live-of-two']) await fixture.streams.start(workspace, id)
    for (const id of ['all-of-two', 'live-of-two']) await fixture.untilSettled(id, 2)
    expect(await fixture.streams.audit(workspace, 'all-of-two')).toMatchObject({ decided: 2, filtered: 0, ok: true })
    expect(await fixture.streams.audit(workspace, 'live-of-two')).toMatchObject({ decided: 1, filtered: 1, ok: true })
  })

  it('loads every record into events, bound to a pipeline or not', async () => {
    const source = await fixture.addSource('unbound')
    await twins.services.stream.append(topicOf.source(source), [{ key: null, value: Buffer.from('no json') }])
    await fixture.streams.ingest(source, hellos('u', 5))
    await fixture.until('archived', async () => (await countOf('events', `source = 'unbound'`)) >= 6)
    const broken = await fixture.rows(
      `SELECT payload, error_code FROM events WHERE workspace = {workspace:String} AND source = 'unbound' AND error_code != ''`,
    )
    expect(broken).toEqual([{ payload: 'no json', error_code: 'malformed-record' }])
  })
})

async function countOf(table: string, where: string): Promise<number> {
  const [row] = await fixture.rows<{ count: string }>(
    `SELECT count() AS count FROM ${table} WHERE workspace = {workspace:String} AND ${where}`,
  )
  return Number(row?.count)
}

describe('settings of a pipeline', () => {
  it('pauses in place and goes on', async () => {
    const source = await fixture.addSource('paused')
    await fixture.addPipeline('paused-triage', source)
    await fixture.streams.start(workspace, 'paused-triage')
    await fixture.streams.ingest(source, hellos('before', 10))
    await fixture.untilSettled('paused-triage', 10)
    await fixture.streams.pause(workspace, 'paused-triage')
    await fixture.streams.ingest(source, hellos('after', 10))
    await twins.services.clock.sleep(300)
    const pipeline = await fixture.untilStatus('paused-triage', 'paused')
    expect(await fixture.streams.describe(pipeline)).toMatchObject({ read: 10, lag: 10, inFlight: 0, status: 'paused' })
    await fixture.streams.start(workspace, 'paused-triage')
    await fixture.untilSettled('paused-triage', 20)
    expect(await fixture.streams.audit(workspace, 'paused-triage')).toMatchObject({ read: 20, decided: 20, ok: true })
    const committed = await twins.services.stream.groups.committed(topicOf.source(source), 'pipelines.paused-triage')
    expect(committed.reduce<number>((sum, offset) => sum + (offset ?? 0), 0)).toBe(20)
  })

  it.each([
    ['none', 0, 0],
    ['errors-and-sample', 1, 5],
  ] as const)('keeps traces by policy: %s', async (trace, leastRuns, mostRuns) => {
    const source = await fixture.addSource(`trace-${trace}`)
    await fixture.addPipeline(`triage-${trace}`, source, { trace })
    await fixture.streams.start(workspace, `triage-${trace}`)
    await fixture.streams.ingest(source, [...hellos('t', 20), event('fails', 'x', { type: 'custom', data: {} })])
    await fixture.untilSettled(`triage-${trace}`, 21)
    const runs = await countOf('runs', `pipeline = 'triage-${trace}'`)
    expect(runs).toBeGreaterThanOrEqual(leastRuns)
    expect(runs).toBeLessThanOrEqual(mostRuns)
    expect(await countOf('runs', `pipeline = 'triage-${trace}' AND status = 'failed'`)).toBe(leastRuns)
  })

  it('follows the version in force, and each plan keeps its own', async () => {
    const source = await fixture.addSource('versions')
    await fixture.addPipeline('versions-triage', source)
    await fixture.streams.start(workspace, 'versions-triage')
    await fixture.streams.ingest(source, hellos('first', 6))
    await fixture.untilSettled('versions-triage', 6)
    const { clock, ids, records } = twins.services
    const next = await publishApp(
      records.workspace(workspace),
      pureApp().replace('title: Words', 'title: Other'),
      ids.uuid(),
      clock.now(),
    )
    await fixture.streams.ingest(source, hellos('second', 4))
    await fixture.untilSettled('versions-triage', 10)
    const rows = await fixture.rows<{ newest: boolean; count: string }>(
      `SELECT version_id = '${next.id}' AS newest, count() AS count FROM decisions
       WHERE workspace = {workspace:String} AND pipeline = 'versions-triage' GROUP BY newest ORDER BY newest`,
    )
    expect(rows.map(row => Number(row.count))).toEqual([6, 4])
  })
})

describe('a file', () => {
  it('is read, decided to its end, and finishes', async () => {
    const path = join(folder.path, 'rows.csv')
    await writeFile(
      path,
      `id,text\n${Array.from({ length: 300 }, (_, index) => `${index},text ${index}`).join('\n')}\nragged\n`,
    )
    const source = await fixture.addSource('file', {
      kind: 'file',
      path,
      format: 'csv',
      eventType: 'report',
      map: { id: 'id', text: 'text' },
    })
    await fixture.addPipeline('file-triage', source, { batchSize: 100 })
    await fixture.streams.start(workspace, 'file-triage')
    await fixture.untilStatus('file-triage', 'finished')
    expect(await fixture.streams.audit(workspace, 'file-triage')).toMatchObject({
      read: 301,
      decided: 300,
      deadLettered: 1,
      ok: true,
    })
    const [dead] = await fixture.rows(
      `SELECT error_code, error_message FROM decisions WHERE workspace = {workspace:String} AND pipeline = 'file-triage' AND status != 'decided'`,
    )
    expect(dead).toEqual({ error_code: 'malformed-record', error_message: 'line 302: expected 2 columns, found 1' })
  })

  it('that does not fit is refused with the field', async () => {
    const settings = {
      kind: 'file' as const,
      path: join(folder.path, 'rows.csv'),
      format: 'csv' as const,
      eventType: 'report',
      map: { text: 'TEXT' },
    }
    await expect(fixture.addSource('misfit', settings)).rejects.toMatchObject({
      code: 'invalid-request',
      details: { field: 'map.data.text', value: 'TEXT' },
    })
  })

  it('is appended once, whatever is cut short or answered too late', async () => {
    const path = join(folder.path, 'resumed.csv')
    const lines = Array.from({ length: 4_000 }, (_, index) => `text ${index}`)
    await writeFile(path, `text\n${lines.join('\n')}\n`)
    const settings = { kind: 'file' as const, path, format: 'csv' as const, eventType: 'report', map: { text: 'text' } }
    const { stream } = twins.services
    let appends = 0
    const late: typeof stream.append = async (topic, records) => {
      const positions = await stream.append(topic, records)
      appends += 1
      if (appends === 2) throw new RiskloomError('unavailable', 'the answer was lost', { transient: true })
      if (appends === 4) throw new RiskloomError('corrupt-data', 'the process ends here')
      return positions
    }
    const first = await streamFixture({ ...twins.services, stream: { ...stream, append: late } }, pureApp())
    const source = await first.addSource('resumed', settings, 3)
    const { sources } = twins.services.records.workspace(workspace)
    await fixture.until('the first reader failed', async () => (await sources.get('resumed'))?.status === 'failed')
    await first.streams.runner.stop()
    await fixture.streams.openSource({ ...source, status: 'reading' })
    await fixture.until('the file is read', async () => (await sources.get('resumed'))?.status === 'finished')
    const topic = topicOf.source(source)
    const records = await Promise.all([0, 1, 2].map(partition => stream.read(topic, partition, 0, { records: 10_000 })))
    const read = records
      .flat()
      .map(record => (JSON.parse(Buffer.from(record.value).toString()) as { data: { text: string } }).data.text)
    expect(appends).toBe(4)
    expect(read.sort()).toEqual(lines.sort())
  })

  const cold = fileURLToPath(new URL('../../../shared/data/cold/test.csv', import.meta.url))
  it.skipIf(!existsSync(cold))('of real posts goes the same way (COLD, test split)', async () => {
    const map = { id: '', text: 'TEXT', 'attributes.topic': 'topic', 'attributes.label': 'label' }
    const source = await fixture.addSource(
      'cold',
      { kind: 'file', path: cold, format: 'csv', eventType: 'report', map },
      4,
    )
    await fixture.addPipeline('cold-triage', source, { trace: 'none' })
    await fixture.streams.start(workspace, 'cold-triage')
    await fixture.untilStatus('cold-triage', 'finished')
    expect(await fixture.streams.audit(workspace, 'cold-triage')).toMatchObject({
      read: 5_323,
      decided: 5_323,
      ok: true,
    })
  })
})

describe('housekeeping', () => {
  it('removes sealed batches of plans that are done, and only those', async () => {
    const { blobs, clock } = twins.services
    const folderOf = (plan: string): string => `${workspace}/seals/${plan}/`
    const done = await blobs.list(`${workspace}/seals/`)
    expect(done.length).toBeGreaterThan(0)
    await tidy(twins.services)
    expect(await blobs.list(`${workspace}/seals/`)).toEqual(done)
    const source = await fixture.addSource('kept')
    await fixture.streams.ingest(source, hellos('k', 3))
    const open = { id: twins.services.ids.uuid(), pipeline: 'kept-triage', ranges: [], createdAt: clock.now() }
    await fixture.addPipeline('kept-triage', source)
    const { apps, pipelines, plans } = twins.services.records.workspace(workspace)
    const epoch = await pipelines.takeOver('kept-triage')
    await plans.create({ ...open, epoch, versionId: (await apps.get('triage'))?.publishedVersion ?? '' })
    await blobs.put(`${folderOf(open.id)}open`, Buffer.from('sealed'))
    await tidy({ ...twins.services, clock: { ...clock, now: () => clock.now() + 3_600_000 } })
    expect(await blobs.list(`${workspace}/seals/`)).toEqual([`${folderOf(open.id)}open`])
  })
})
