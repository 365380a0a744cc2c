import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Stream } from '../../engine/ports/stream.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { durables } from '../../temporal/index.ts'
import { allEvents, durableSuite, echo, runChild, spying } from '../support/durable-suite.ts'
import { endedRuns, eventually, request, versions, workspace } from '../support/durable-world.ts'
import { ledger, scriptedServices } from '../support/scripted-services.ts'

describe.each(durables)('durable after a crash: $engine', adapter => {
  const suite = durableSuite(options => adapter.open(options))
  const { world, closed, abandoned } = suite

  /** A world whose writes stop reaching the disk at one moment, as if the process had died there. */
  function dying(): { wrap: (stream: Stream) => Stream; die: () => void } {
    let dead = false
    return {
      die: () => (dead = true),
      wrap: spying(() => (dead ? new Promise<void>(() => {}) : Promise.resolve())),
    }
  }

  test('a run in the middle goes on: recorded calls are not made again, the feed has it once', async () => {
    const { wrap, die } = dying()
    const first = await world(
      prompt => {
        if (!prompt.startsWith('second')) return 'one'
        die()
        return 'lost'
      },
      { wrap },
    )
    await first.durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))
    await eventually(() => (first.calls().length === 2 ? true : undefined))
    await abandoned(first)

    const second = await world()
    const run = await eventually(async () => (await endedRuns(second.stream))[0])
    expect(run).toMatchObject({ runId: 'run-1', status: 'succeeded', outputs: { answer: 'answer to second <one>' } })
    expect(second.calls()).toEqual(['second <one>'])
    const events = await allEvents(second.durable.events(workspace, 'run-1'))
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
    expect(run.startedAt).toBe(events[0]?.at)
  })

  // The third hit of `node` is the second call of the model: the first is the pure nodes before it.
  test.each([
    ['start:after:kill:#1', { first: 1, second: 1 }],
    ['node:before:kill:#2', { first: 1, second: 1 }],
    ['node:after:kill:#2', { first: 2, second: 1 }],
    ['journal:before:kill:#1', { first: 2, second: 1 }],
    ['journal:after:kill:#1', { first: 1, second: 1 }],
    ['node:after:kill:#3', { first: 1, second: 2 }],
    ['journal:after:kill:#2', { first: 1, second: 1 }],
    ['journal:before:kill:#3', { first: 1, second: 1 }],
    ['journal:after:kill:#3', { first: 1, second: 1 }],
  ])('kill -9 at %s: the run ends once, recorded calls stay recorded', async (fault, calls) => {
    const book = join(suite.path(), 'ledger')
    const child = await runChild([adapter.engine, suite.path(), book, fault, 'run'])
    expect(child).toEqual({ signal: 'SIGKILL', output: '' })

    const services = scriptedServices(echo, ledger(book).write)
    const after = await world(echo, { services })
    const run = await eventually(async () => (await endedRuns(after.stream))[0])
    const expected = { status: 'succeeded', outputs: { answer: 'answer to second <answer to first hello>' } }
    expect(run).toMatchObject({ runId: 'run-1', ...expected })
    await closed(after)

    const last = await world()
    expect(await endedRuns(last.stream)).toHaveLength(1)
    expect(await (await last.durable.start(request(versions.twoCalls, 'run-1', { q: 'hello' }))).finished).toEqual(run)
    const prompts = ledger(book).calls()
    expect(prompts.filter(prompt => prompt.startsWith('first'))).toHaveLength(calls.first)
    expect(prompts.filter(prompt => prompt.startsWith('second'))).toHaveLength(calls.second)
    expect(last.calls()).toEqual([])
  })

  test('kill -9 before acceptance: there is no run', async () => {
    const child = await runChild([
      adapter.engine,
      suite.path(),
      join(suite.path(), 'ledger'),
      'start:before:kill:#1',
      'run',
    ])
    expect(child.signal).toBe('SIGKILL')
    const after = await world()
    expect(await after.durable.get(workspace, 'run-1')).toBeUndefined()
  })

  test('a version that is gone ends the run with its name; one that cannot be read here keeps it parked', async () => {
    const first = await world(() => new Promise(() => {}))
    await first.durable.start(request(versions.twoCalls, 'gone', { q: 'x' }))
    await first.durable.start(request(versions.parallel, 'other', { q: 'x' }))
    await closed(first)

    const newer = { ...versions.parallel, hash: 'f'.repeat(64), semantics: versions.parallel.semantics + 1 }
    const second = await world(echo, { known: [newer] })
    const run = await eventually(async () => (await endedRuns(second.stream))[0])
    expect(run).toMatchObject({ runId: 'gone', status: 'failed' })
    expect(run.error).toContain(versions.twoCalls.id)
    const parked = await eventually(async () => {
      const found = await second.durable.get(workspace, 'other')
      return found?.status === 'paused' ? found : undefined
    })
    expect(parked.error).toContain('semantics')
    await closed(second)

    const third = await world(echo)
    const ended = await eventually(async () => (await endedRuns(third.stream))[1])
    expect(ended).toMatchObject({ runId: 'other', status: 'succeeded' })
  })

  test('a frame that nobody can read parks its run, with a log line, until somebody can or stops it', async () => {
    const first = await world(() => new Promise(() => {}))
    await first.durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))
    await first.stream.append(topicOf.journal(workspace), [
      { key: 'run/run-1', value: new TextEncoder().encode('{"v":99,"type":"completed"}') },
      { key: 'run/run-2', value: new TextEncoder().encode('{"v":1,"type":"acc') },
    ])
    await closed(first)
    for (const round of [1, 2]) {
      const again = await world()
      expect(await again.durable.get(workspace, 'run-1')).toMatchObject({ status: 'paused' })
      expect(await again.durable.get(workspace, 'run-2')).toMatchObject({ status: 'paused' })
      const lines = again.lines.filter(({ message }) => message === 'run parked')
      expect(lines.map(({ fields }) => fields['runId'])).toEqual(['run-1', 'run-2'])
      expect(await endedRuns(again.stream)).toEqual([])
      if (round === 2) {
        expect(await again.durable.stop(workspace, 'run-1')).toBe(true)
        expect(await endedRuns(again.stream)).toMatchObject([{ runId: 'run-1', status: 'stopped', inputs: { q: 'x' } }])
      }
      await closed(again)
    }
  })

  test('a run that is stopped while it is still being prepared ends at once and is never driven', async () => {
    const first = await world(() => new Promise(() => {}))
    await first.durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))
    await closed(first)
    let load = (): void => {}
    const loading = new Promise<typeof versions.twoCalls>(resolve => (load = () => resolve(versions.twoCalls)))
    const again = await world(echo, { open: options => adapter.open({ ...options, loadVersion: () => loading }) })
    await eventually(() => again.durable.get(workspace, 'run-1'))
    expect(await Promise.all([again.durable.stop(workspace, 'run-1'), again.durable.stop(workspace, 'run-1')])).toEqual(
      [true, true],
    )
    load()
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(again.calls()).toEqual([])
    expect(await endedRuns(again.stream)).toMatchObject([
      { runId: 'run-1', status: 'stopped', error: 'Aborted: User requested stop' },
    ])
  })

  test('a journal that says something else than the workflow parks the run', async () => {
    const first = await world(() => new Promise(() => {}))
    await first.durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))
    const frame = {
      v: 1,
      type: 'completed',
      item: '',
      itemAttempt: 1,
      node: 'second',
      attempt: 1,
      startedAt: 1,
      elapsedMs: 1,
      at: 1,
    }
    const value = new TextEncoder().encode(JSON.stringify({ ...frame, outcome: { ok: true, inputs: {}, outputs: {} } }))
    await first.stream.append(topicOf.journal(workspace), [{ key: 'run/run-1', value }])
    await closed(first)
    const again = await world()
    const parked = await eventually(async () => {
      const found = await again.durable.get(workspace, 'run-1')
      return found?.status === 'paused' ? found : undefined
    })
    expect(parked.error).toContain('second')
    expect(again.calls()).toEqual([])
  })

  test('a result that was recorded twice, because the first answer of the journal was lost, counts once', async () => {
    const first = await world(prompt => (prompt.startsWith('first') ? 'one' : new Promise(() => {})))
    await first.durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))
    await eventually(() => (first.calls().length === 2 ? true : undefined))
    const [, recorded] = await first.stream.read(topicOf.journal(workspace), 0, 0, { records: 10 })
    if (recorded === undefined) throw new Error('nothing was recorded')
    await first.stream.append(topicOf.journal(workspace), [recorded])
    await closed(first)
    const again = await world()
    const run = await eventually(async () => (await endedRuns(again.stream))[0])
    expect(run).toMatchObject({ status: 'succeeded', outputs: { answer: 'answer to second <one>' }, tokens: 10 })
    expect(again.calls()).toEqual(['second <one>'])
  })

  test('the journal is read from its mark, not from its beginning', async () => {
    const first = await world()
    for (let run = 1; run <= 20; run += 1)
      await (
        await first.durable.start(request(versions.pure, `run-${run}`, { text: 'x' }))
      ).finished
    await closed(first)
    const reads: number[] = []
    await world(echo, {
      wrap: stream => ({
        ...stream,
        read: (topic, partition, from, limit) => {
          if (topic === topicOf.journal(workspace)) reads.push(from)
          return stream.read(topic, partition, from, limit)
        },
      }),
    })
    expect(reads).toEqual([20])
  })
})
