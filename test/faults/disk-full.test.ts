import { randomBytes } from 'node:crypto'
import { open, rm, stat, truncate, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeOf } from '../../engine/error.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import type { Sandbox } from '../../engine/ports/sandbox.ts'
import type { Source } from '../../schemas/source.ts'
import { smallDisk } from '../support/small-disk.ts'
import { hellos, streamFixture, workspace, type StreamFixture } from '../support/stream-fixture.ts'
import { recordedApp } from '../support/triage-app.ts'
import { openTwins, type Twins } from '../support/twins.ts'

const disk = await smallDisk(320)
const pipeline = 'full-triage'
const eventsEach = 20
/** What comes free and is used up again by whoever is first: the stream, the journal, the blobs or an engine. */
const rounds = 8
const roundBytes = 192 * 1024
/** Keys of settings that are written over and over: PostgreSQL’s log grows, its tables do not. */
const worn = ['worn-0', 'worn-1', 'worn-2', 'worn-3']
const wearMs = 40_000

const sandbox: Sandbox = {
  engine: 'test',
  shared: false,
  languages: ['javascript'],
  check: () => Promise.resolve(),
  close: () => Promise.resolve(),
  run: () => Promise.resolve({ ok: true, outputs: JSON.stringify({ label: 'spam', score: 0.9 }), ms: 1 }),
}

describe.skipIf(disk === undefined)('a full disk under a whole pipeline (needs the right to mount)', () => {
  const ballast = join(disk?.path ?? '', 'ballast')
  let twins: Twins
  let fixture: StreamFixture
  let source: Source
  const accepted: string[] = []
  const refused: { readonly events: Record<string, unknown>[]; readonly error: unknown }[] = []

  beforeAll(async () => {
    twins = await openTwins({ folder: join(disk?.path ?? '', 'data'), sandbox })
    fixture = await streamFixture(twins.services, recordedApp())
    await fixture.streams.runner.start()
    source = await fixture.addSource('full')
    await fixture.addPipeline(pipeline, source, { batchSize: 100 })
    await fixture.streams.start(workspace, pipeline)
    await send()
    await fixture.untilSettled(pipeline, eventsEach)
    for (let time = 0; time < 10; time += 1) await Promise.all(worn.map(wear))
  })

  afterAll(async () => {
    await fixture.streams.runner.stop()
    await twins.close()
    await disk?.remove()
  })

  it('answers disk-full with status 507, and keeps what it took', async () => {
    await fill(ballast)
    for (let round = 0; round < rounds; round += 1) {
      await truncate(ballast, (await stat(ballast)).size - roundBytes)
      while (await send());
      // Meanwhile the pipeline meets the full disk in what it writes.
      await sleep(100)
    }
    await fill(ballast)
    await sleep(1_000)
    await send()
    expect(refused.length).toBeGreaterThan(rounds)
    for (const { error } of refused) expect(error).toMatchObject({ code: 'disk-full', status: 507, transient: true })
    await expect(twins.services.stream.check()).rejects.toMatchObject({ code: 'disk-full' })
    expect(new Set(await storedIds())).toEqual(new Set(accepted))
    expect(await twins.services.records.workspace(workspace).pipelines.get(pipeline)).toMatchObject({
      status: 'running',
      error: null,
    })
    const { read, inFlight } = await twins.services.records.workspace(workspace).plans.counts(pipeline)
    expect(read - inFlight, 'nothing was left to do when the disk was full').toBeLessThan(accepted.length)
  })

  it('outlasts the end of PostgreSQL, which has no room for its log', async () => {
    const started = performance.now()
    let failure: unknown
    const wearOut = async (key: string): Promise<void> => {
      while (codeOf(failure) !== 'records-unavailable' && performance.now() - started < wearMs)
        await wear(key).catch((error: unknown) => (failure = error))
    }
    await Promise.all(worn.map(wearOut))
    expect(failure).toMatchObject({ code: 'records-unavailable', transient: true })
    // Starts that fail, because there still is no room.
    await sleep(1_000)
    await expect(twins.services.records.check()).rejects.toMatchObject({ code: 'records-unavailable' })
  })

  it('goes on by itself when there is space, and decides each event once', async () => {
    await rm(ballast)
    await fixture.until('PostgreSQL is back', () =>
      twins.services.records.check().then(
        () => true,
        () => false,
      ),
    )
    // What was refused is sent again, as a sender would.
    for (const { events } of refused.splice(0)) await send(events)
    expect(refused).toEqual([])
    await fixture.untilSettled(pipeline, (await storedIds()).length)
    const rows = await fixture.rows<{ id: string; times: number }>(
      `SELECT event_id AS id, toUInt32(countIf(status = 'decided')) AS times FROM decisions
       WHERE workspace = {workspace:String} AND pipeline = '${pipeline}' GROUP BY event_id`,
    )
    expect(rows.filter(row => row.times !== 1)).toEqual([])
    expect(rows.map(row => row.id).sort()).toEqual([...accepted].sort())
    expect(await fixture.streams.audit(workspace, pipeline)).toMatchObject({
      read: accepted.length,
      decided: accepted.length,
      inFlight: 0,
      ok: true,
    })
  })

  it('archives each event once', async () => {
    const archived = (): Promise<{ offsets: number; rows: number }[]> =>
      fixture.rows(
        `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(partition, offset)) AS offsets
         FROM events WHERE workspace = {workspace:String}`,
      )
    await fixture.until('all are archived', async () => ((await archived())[0]?.offsets ?? 0) >= accepted.length)
    expect(await archived()).toEqual([{ rows: accepted.length, offsets: accepted.length }])
  })

  /** Sends some events; tells whether they were accepted, and keeps them in one of the two lists. */
  async function send(events = hellos(`batch-${accepted.length}-${refused.length}`, eventsEach)): Promise<boolean> {
    try {
      await fixture.streams.ingest(source, events)
      accepted.push(...events.map(event => String(event['id'])))
      return true
    } catch (error) {
      refused.push({ events, error })
      return false
    }
  }

  function wear(key: string): Promise<void> {
    return twins.services.records.access.setSetting(key, randomBytes(900).toString('hex'))
  }

  async function storedIds(): Promise<string[]> {
    const topic = topicOf.source(source)
    const { stream } = twins.services
    const read = [0, 1].map(partition => stream.read(topic, partition, 0, { records: 100_000, bytes: 64 << 20 }))
    return (await Promise.all(read)).flat().map(({ value }) => idOf(value))
  }
})

function idOf(value: Uint8Array): string {
  return (JSON.parse(Buffer.from(value).toString()) as { id: string }).id // an event of this test
}

/** Takes all the space that is left. */
async function fill(path: string): Promise<void> {
  const file: FileHandle = await open(path, 'a')
  try {
    for (const chunk of [Buffer.alloc(1 << 20), Buffer.alloc(1 << 12)]) await writeUntilFull(file, chunk)
  } finally {
    await file.close()
  }
}

async function writeUntilFull(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (;;) {
    const written = await file.write(chunk).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return undefined
      throw error
    })
    if (written === undefined) return
  }
}
