import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RiskloomError } from '../../engine/error.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { event, hellos, streamFixture, workspace, type StreamFixture } from '../support/stream-fixture.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { pureApp } from '../support/triage-app.ts'
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

describe('a broken world', () => {
  const outage = (): Promise<never> =>
    Promise.reject(new RiskloomError('analytics-unavailable', 'connection refused', { transient: true }))

  it('loses nothing while stores fail, and says so once a minute', async () => {
    let failures = 0
    const lines: string[] = []
    const { analytics, records, stream, telemetry } = twins.services
    const flaky = <Result>(work: () => Promise<Result>): Promise<Result> => (failures++ % 5 < 2 ? outage() : work())
    const broken = await streamFixture(
      {
        ...twins.services,
        telemetry: { ...telemetry, log: (_level, message) => void lines.push(message) },
        analytics: { ...analytics, insert: (table, rows, token) => flaky(() => analytics.insert(table, rows, token)) },
        stream: {
          ...stream,
          read: (...place) => flaky(() => stream.read(...place)),
          append: (...records) => flaky(() => stream.append(...records)),
        },
        records: {
          ...records,
          workspace: id => {
            const mine = records.workspace(id)
            const { plans } = mine
            const failing = {
              ...plans,
              claim: (...claim: Parameters<typeof plans.claim>) => flaky(() => plans.claim(...claim)),
              seal: (...seal: Parameters<typeof plans.seal>) => flaky(() => plans.seal(...seal)),
              create: (...plan: Parameters<typeof plans.create>) => flaky(() => plans.create(...plan)),
              advance: (...step: Parameters<typeof plans.advance>) => flaky(() => plans.advance(...step)),
            }
            return { ...mine, plans: failing }
          },
        },
      },
      pureApp(),
    )
    const source = await fixture.addSource('outage')
    await fixture.streams.ingest(source, [...hellos('o', 20), event('bad', 'x', { data: {} })])
    await fixture.addPipeline('outage-triage', source, { batchSize: 10 })
    await broken.streams.start(workspace, 'outage-triage')
    await broken.untilSettled('outage-triage', 21)
    expect(await fixture.streams.audit(workspace, 'outage-triage')).toMatchObject({
      read: 21,
      decided: 20,
      deadLettered: 1,
      ok: true,
    })
    const letters = await stream.read(topicOf.deadLetters(workspace, 'outage-triage'), 0, 0, { records: 10 })
    expect(letters).toHaveLength(1)
    expect(lines).toHaveLength(1)
    await broken.streams.pause(workspace, 'outage-triage')
  })

  it('stops a pipeline for a reason that does not pass, and names it', async () => {
    const { analytics } = twins.services
    const refuse = () => Promise.reject(new RiskloomError('analytics-failed', 'no such column'))
    const broken = await streamFixture({ ...twins.services, analytics: { ...analytics, insert: refuse } }, pureApp())
    const source = await fixture.addSource('refused')
    await fixture.streams.ingest(source, hellos('r', 5))
    await fixture.addPipeline('refused-triage', source)
    await broken.streams.start(workspace, 'refused-triage')
    expect(await broken.untilStatus('refused-triage', 'failed')).toMatchObject({ error: 'no such column' })
    expect(await fixture.streams.audit(workspace, 'refused-triage')).toMatchObject({ read: 5, inFlight: 5, ok: true })
    await fixture.streams.start(workspace, 'refused-triage')
    await fixture.untilSettled('refused-triage', 5)
    expect(await fixture.streams.audit(workspace, 'refused-triage')).toMatchObject({
      read: 5,
      decided: 5,
      inFlight: 0,
      ok: true,
    })
  })

  it('lets the one who took over go on and stops the other quietly', async () => {
    const source = await fixture.addSource('taken')
    await fixture.addPipeline('taken-triage', source)
    const zombie = await streamFixture(twins.services, pureApp())
    await zombie.streams.start(workspace, 'taken-triage')
    await fixture.streams.ingest(source, hellos('first', 10))
    await fixture.untilSettled('taken-triage', 10)
    await fixture.streams.start(workspace, 'taken-triage')
    await fixture.streams.ingest(source, hellos('second', 30))
    await fixture.untilSettled('taken-triage', 40)
    expect(await fixture.streams.audit(workspace, 'taken-triage')).toMatchObject({ read: 40, decided: 40, ok: true })
    expect((await fixture.untilStatus('taken-triage', 'running')).error).toBeNull()
  })

  it('reports what retention took before it was read', async () => {
    const source = await fixture.addSource('short', undefined, 1)
    const { stream } = twins.services
    const topic = topicOf.source(source)
    const gone = 5
    const cut: typeof stream = {
      ...stream,
      describe: async name => {
        const info = await stream.describe(name)
        return info === undefined || name !== topic
          ? info
          : { ...info, ends: info.ends.map(end => ({ ...end, earliest: Math.min(gone, end.next) })) }
      },
    }
    await fixture.addPipeline('short-triage', source)
    await fixture.streams.ingest(source, hellos('a', 1))
    await fixture.streams.start(workspace, 'short-triage')
    await fixture.untilSettled('short-triage', 1)
    await fixture.streams.pause(workspace, 'short-triage')
    await fixture.streams.ingest(source, hellos('b', 9))
    const later = await streamFixture({ ...twins.services, stream: cut }, pureApp())
    await later.streams.start(workspace, 'short-triage')
    await later.untilSettled('short-triage', 10)
    expect(await fixture.streams.audit(workspace, 'short-triage')).toMatchObject({
      read: 10,
      decided: 6,
      gaps: 4,
      ok: false,
      missing: [{ partition: 0, from: 1, to: 5 }],
    })
    await later.streams.pause(workspace, 'short-triage')
  })
})
