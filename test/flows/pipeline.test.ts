import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTwins, type Twins } from '../support/twins.ts'
import { event, streamFixture, type StreamFixture } from '../support/stream-fixture.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { pureApp } from '../support/triage-app.ts'

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
    await fixture.streams.start('acme', 'posts-triage')
    const items = [
      ...Array.from({ length: 40 }, (_, index) => event(`e-${index}`, index % 4 === 0 ? 'buy spam' : 'hello')),
      event('e-1', 'hello again'),
      event('bad-data', 'x', { data: { txt: 'x' } }),
      event('old', 'from the past', { time: '1999-01-01T00:00:00Z' }),
      { id: 'no-envelope' },
    ]
    const answer = await fixture.streams.ingest(source, items)
    expect(answer).toEqual({ accepted: 43, rejected: [{ index: 43, field: 'source', message: 'source is missing' }] })
    await fixture.untilSettled('posts-triage', 43)

    const audit = await fixture.streams.audit('acme', 'posts-triage')
    expect(audit).toEqual({
      pipeline: 'posts-triage',
      read: 43,
      decided: 41,
      deadLettered: 1,
      filtered: 1,
      duplicates: 0,
      gaps: 0,
      inFlight: 0,
      ok: true,
      missing: [],
    })
    const rows = await fixture.rows<{ event_id: string; label: string; action: string; error_code: string; error_message: string }>(
      `SELECT event_id, label, action, error_code, error_message, duplicate_of, time_clamped FROM decisions
       WHERE workspace = {workspace:String} AND (event_id IN ('e-0', 'e-1', 'bad-data', 'old')) ORDER BY event_id, status`,
    )
    expect(rows).toMatchObject([
      { event_id: 'bad-data', error_code: 'invalid-event', error_message: 'data.text: is missing', time_clamped: false },
      { event_id: 'e-0', label: 'spam', action: 'remove', error_code: '' },
      { event_id: 'e-1', label: '', action: 'allow', error_code: '', duplicate_of: '' },
      { event_id: 'e-1', error_code: 'duplicate', duplicate_of: expect.stringMatching(/^1\/[01]\/\d+$/) },
      { event_id: 'old', error_code: '', time_clamped: true },
    ])
  })
})
