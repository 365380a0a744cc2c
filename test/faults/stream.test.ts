import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { topicOf } from '../../engine/ports/topics.ts'
import { event, streamFixture, workspace, type StreamFixture } from '../support/stream-fixture.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { pureApp } from '../support/triage-app.ts'
import { openTwins, type Twins } from '../support/twins.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let twins: Twins
let fixture: StreamFixture

async function open(): Promise<void> {
  twins = await openTwins({ folder: folder.path })
  fixture = await streamFixture(twins.services, pureApp())
  await fixture.streams.runner.start()
}

async function close(): Promise<void> {
  await fixture.streams.runner.stop()
  await twins.close()
}

beforeAll(async () => {
  folder = await temporaryFolder()
  await open()
})

afterAll(async () => {
  await close()
  await folder.remove()
})

describe('one folder', () => {
  it('is refused to a second process, and the first goes on', async () => {
    await expect(openTwins({ folder: folder.path })).rejects.toMatchObject({ code: 'data-folder-in-use' })
    await twins.services.records.check()
    await twins.services.analytics.check()
  })
})

describe('repeated deliveries', () => {
  it('gives each event one decision, whatever a producer repeats and replays', async () => {
    const source = await fixture.addSource('repeats')
    await fixture.addPipeline('repeats-triage', source, { batchSize: 20 })
    await fixture.streams.start(workspace, 'repeats-triage')
    const sent = Array.from({ length: 60 }, (_, index) =>
      Array.from({ length: 1 + (index % 5) }, () => event(`r-${index}`, `text ${index}`)),
    ).flat()
    await fixture.streams.ingest(source, sent)
    await fixture.streams.ingest(source, sent)
    const all = sent.length * 2
    await fixture.untilSettled('repeats-triage', all)
    const rows = await fixture.rows<{ event_id: string; decided: string }>(
      `SELECT event_id, countIf(status = 'decided') AS decided FROM decisions
       WHERE workspace = {workspace:String} AND pipeline = 'repeats-triage' GROUP BY event_id`,
    )
    expect(rows).toHaveLength(60)
    expect(rows.filter(row => Number(row.decided) !== 1)).toEqual([])
    expect(await fixture.streams.audit(workspace, 'repeats-triage')).toMatchObject({
      read: all,
      decided: 60,
      filtered: all - 60,
      ok: true,
    })
  })

  it('makes no new decision when an operator moves the consumer group back', async () => {
    const source = await twins.services.records.workspace(workspace).sources.get('repeats')
    if (source === undefined) throw new Error('the source is gone')
    const before = await fixture.streams.audit(workspace, 'repeats-triage')
    await fixture.streams.pause(workspace, 'repeats-triage')
    const back = [0, 1].map(partition => ({ partition, offset: 0 }))
    await twins.services.stream.groups.commit(topicOf.source(source), 'pipelines.repeats-triage', back)
    await fixture.streams.start(workspace, 'repeats-triage')
    await fixture.streams.ingest(source, [event('one-more', 'x')])
    await fixture.untilSettled('repeats-triage', before.read + 1)
    expect(await fixture.streams.audit(workspace, 'repeats-triage')).toMatchObject({
      read: before.read + 1,
      decided: before.decided + 1,
      ok: true,
    })
  })
})

describe('poison', () => {
  it('at the head of each partition makes one dead letter each and holds nothing up', async () => {
    const source = await fixture.addSource('poison', undefined, 4)
    const topic = topicOf.source(source)
    await twins.services.stream.append(
      topic,
      [0, 1, 2, 3].map(partition => ({ key: null, partition, value: Buffer.from([0xff, partition]) })),
    )
    await fixture.streams.ingest(
      source,
      Array.from({ length: 40 }, (_, index) => event(`p-${index}`, 'fine')),
    )
    await fixture.addPipeline('poison-triage', source)
    await fixture.streams.start(workspace, 'poison-triage')
    await fixture.untilSettled('poison-triage', 44)
    expect(await fixture.streams.audit(workspace, 'poison-triage')).toMatchObject({
      decided: 40,
      deadLettered: 4,
      ok: true,
    })
    const letters = await twins.services.stream.read(topicOf.deadLetters(workspace, 'poison-triage'), 0, 0, {
      records: 100,
    })
    const values = letters.map(
      letter => (JSON.parse(Buffer.from(letter.value).toString()) as { value: string; encoding: string }).value,
    )
    expect(values.sort()).toEqual(
      [0, 1, 2, 3].map(partition => Buffer.from([0xff, partition]).toString('base64')).sort(),
    )
  })

  it('in bulk neither stops the stream nor floods memory', async () => {
    const source = await fixture.addSource('bulk')
    const value = Buffer.from(`{"broken": "${'x'.repeat(200)}`)
    await twins.services.stream.append(
      topicOf.source(source),
      Array.from({ length: 3_000 }, (_, index) => ({ key: String(index), value })),
    )
    await fixture.addPipeline('bulk-triage', source)
    await fixture.streams.start(workspace, 'bulk-triage')
    await fixture.untilSettled('bulk-triage', 3_000)
    expect(await fixture.streams.audit(workspace, 'bulk-triage')).toMatchObject({ deadLettered: 3_000, ok: true })
    const info = await twins.services.stream.describe(topicOf.deadLetters(workspace, 'bulk-triage'))
    expect(info?.ends).toEqual([{ earliest: 0, next: 3_000 }])
  })
})

describe('a torn tail', () => {
  it('costs nothing that was acknowledged', async () => {
    const source = await fixture.addSource('torn')
    await fixture.addPipeline('torn-triage', source)
    await fixture.streams.start(workspace, 'torn-triage')
    await fixture.streams.ingest(
      source,
      Array.from({ length: 30 }, (_, index) => event(`t-${index}`, 'x')),
    )
    await close()
    for (const segment of await newestSegments(join(folder.path, 'stream')))
      await appendFile(segment, Buffer.alloc(37, 7))
    await open()
    const again = await twins.services.records.workspace(workspace).sources.get('torn')
    if (again === undefined) throw new Error('the source is gone')
    await fixture.streams.ingest(again, [event('behind', 'x')])
    await fixture.untilSettled('torn-triage', 31)
    expect(await fixture.streams.audit(workspace, 'torn-triage')).toMatchObject({ read: 31, decided: 31, ok: true })
  })
})

/** The file of each topic that is written last: a half-written frame can only stand at its end. */
async function newestSegments(root: string): Promise<string[]> {
  const files = (await readdir(root, { recursive: true })).filter(name => name.endsWith('.log')).sort()
  const byTopic = new Map(files.map(name => [join(name, '..'), name]))
  return [...byTopic.values()].map(name => join(root, name))
}
