import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedStream } from '../../connectors/stream/index.ts'
import { RiskloomError } from '../../engine/error.ts'
import type { Records, WorkspaceRecords } from '../../engine/ports/records.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { tidy } from '../../pipelines/housekeeping.ts'
import { pipelines } from '../../pipelines/index.ts'
import { startJob } from '../../pipelines/job.ts'
import { groupOf } from '../../pipelines/offsets.ts'
import { heldClock } from '../support/held-clock.ts'
import { hellos, streamFixture, workspace, type StreamFixture } from '../support/stream-fixture.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { pureApp } from '../support/triage-app.ts'
import { openTwins, type Twins } from '../support/twins.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let twins: Twins
let fixture: StreamFixture
let mine: WorkspaceRecords

beforeAll(async () => {
  folder = await temporaryFolder()
  twins = await openTwins({ folder: folder.path })
  fixture = await streamFixture(twins.services, pureApp())
  mine = twins.services.records.workspace(workspace)
})

afterAll(async () => {
  await fixture.streams.runner.stop()
  await twins.close()
  await folder.remove()
})

/** The records, with something of the workspace’s in the place of the real thing. */
function recordsWith(change: (real: WorkspaceRecords) => Partial<WorkspaceRecords>): Records {
  const { records } = twins.services
  return { ...records, workspace: id => ({ ...records.workspace(id), ...change(records.workspace(id)) }) }
}

describe('starts and pauses of one pipeline', () => {
  it('take their turns: however many come at once, one job is launched', async () => {
    let takeOvers = 0
    const records = recordsWith(real => ({
      pipelines: {
        ...real.pipelines,
        takeOver: id => {
          takeOvers += 1
          return real.pipelines.takeOver(id)
        },
      },
    }))
    const streams = pipelines({ ...twins.services, records })
    const source = await fixture.addSource('turns')
    await fixture.addPipeline('turns-triage', source)
    const start = () => streams.start(workspace, 'turns-triage')
    await Promise.all([start(), start(), streams.runner.start(), start()])
    await streams.ingest(source, hellos('t', 10))
    await fixture.untilSettled('turns-triage', 10)
    expect(takeOvers).toBe(1)
    await Promise.all([streams.pause(workspace, 'turns-triage'), start()])
    expect(takeOvers).toBe(2)
    expect((await mine.pipelines.get('turns-triage'))?.status).toBe('running')
    await streams.ingest(source, hellos('u', 10))
    await fixture.untilSettled('turns-triage', 20)
    await streams.runner.stop()
    expect(await mine.pipelines.get('turns-triage')).toMatchObject({ status: 'running', error: null })
  })
})

describe('a job whose loop fails', () => {
  it('has ended only when its plans under way have', async () => {
    const source = await fixture.addSource('loop')
    const pipeline = await fixture.addPipeline('loop-triage', source, { batchSize: 5 })
    await fixture.streams.ingest(source, hellos('l', 10))
    const newer = new RiskloomError('fenced', 'a newer job took over')
    let begin = (): void => {}
    const underWay = new Promise<void>(resolve => (begin = resolve))
    let plans = 0
    const records = recordsWith(real => ({
      plans: {
        ...real.plans,
        create: plan => {
          plans += 1
          return plans === 1 ? real.plans.create(plan) : underWay.then(() => Promise.reject(newer))
        },
      },
    }))
    const steps: string[] = []
    const runBatch = async ({ signal }: { signal?: AbortSignal }): Promise<never> => {
      const aborted = new Promise(resolve => signal?.addEventListener('abort', resolve))
      begin()
      await aborted
      steps.push('aborted')
      await twins.services.clock.sleep(50)
      steps.push('batch ended')
      throw new RiskloomError('unavailable', 'given up')
    }
    const durable = { ...twins.services.durable, runBatch }
    const end = await startJob({ ...twins.services, records, durable }, pipeline).ended
    steps.push('job ended')
    expect(end).toEqual({ kind: 'fenced' })
    expect(steps).toEqual(['aborted', 'batch ended', 'job ended'])
  })
})

describe('claims', () => {
  it('are kept while a pipeline has yet to process events received within their window', async () => {
    const day = 86_400_000
    const clock = heldClock()
    const stream = await embeddedStream({ folder: join(folder.path, 'held'), clock })
    const services = { ...twins.services, stream, clock }
    const source = await mine.sources.create({
      name: 'held',
      partitions: 1,
      settings: { kind: 'http', eventType: null },
      status: 'active',
      demo: false,
      createdAt: clock.now(),
    })
    await fixture.addPipeline('held-triage', source, { duplicateWindowMs: day })
    const topic = topicOf.source(source)
    await stream.ensureTopic(topic, { partitions: 1 })
    const at = clock.now()
    await stream.append(topic, [
      { key: 'a', value: Buffer.from('first') },
      { key: 'a', value: Buffer.from('repeat') },
    ])
    const claim = async (offset: number) => {
      const claims = [{ hash: 'a'.repeat(32), partition: 0, offset, at: at + offset }]
      return (await mine.plans.claim('held', source.incarnation, claims, day))[0]?.offset
    }
    expect(await claim(0)).toBe(0)
    await stream.groups.commit(topic, groupOf('held-triage'), [{ partition: 0, offset: 1 }])

    clock.advance(10 * day)
    await tidy(services)
    expect(await claim(1)).toBe(0)

    await stream.groups.commit(topic, groupOf('held-triage'), [{ partition: 0, offset: 2 }])
    await tidy(services)
    expect(await claim(1)).toBe(1)
    await stream.close()
  })
})
