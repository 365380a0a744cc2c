import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RiskloomError } from '../../engine/error.ts'
import { compile } from '../../engine/graph/compile.ts'
import { readDocument } from '../../engine/graph/document.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import type { RunRequest } from '../../engine/ports/durable.ts'
import type { Stream } from '../../engine/ports/stream.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { advance, execute } from '../../engine/run/execute.ts'
import { begin, step } from '../../engine/run/step.ts'
import { encodeJson } from '../../engine/values/codec.ts'
import type { Value } from '../../engine/values/value.ts'
import { parseFaults } from '../../platform/faults.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { Version } from '../../schemas/version.ts'
import { durables } from '../../temporal/index.ts'
import {
  batchRequest,
  endedRuns,
  eventually,
  openWorld,
  request,
  versions,
  workspace,
  type World,
  type WorldOptions,
} from '../support/durable-world.ts'
import { ledger, scriptedServices, type Script } from '../support/scripted-services.ts'
import { heldClock } from '../support/held-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { endData, versionOf, workflowDocument } from '../support/workflow.ts'

const echo: Script = prompt => `answer to ${prompt}`

describe.each(durables)('durable: $engine', ({ engine, open }) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  const worlds: World[] = []

  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close()
    await folder.remove()
  })

  async function world(
    script: Script = echo,
    more: Partial<WorldOptions> = {},
  ): Promise<World & { calls: () => string[] }> {
    const calls: string[] = []
    const services = scriptedServices(script, prompt => calls.push(prompt))
    const opened = await openWorld({ folder: folder.path, open, services, ...more })
    worlds.push(opened)
    return { ...opened, calls: () => calls }
  }

  async function closed(opened: World): Promise<void> {
    worlds.splice(worlds.indexOf(worlds.find(({ stream }) => stream === opened.stream) ?? opened), 1)
    await opened.close()
  }

  async function allEvents(events: AsyncIterable<RunEvent> | undefined): Promise<RunEvent[]> {
    const list: RunEvent[] = []
    for await (const event of events ?? []) list.push(event)
    return list
  }

  test('a run of pure nodes: accepted, done, and in the feed once', async () => {
    const { durable, stream } = await world()
    const handle = await durable.start(request(versions.pure, 'run-1', { text: 'banana' }))
    const run = await handle.finished
    expect(run).toMatchObject({
      runId: 'run-1',
      status: 'succeeded',
      outputs: { yes: 'has A: BANANA' },
      steps: 5,
      user: 'u1',
    })
    expect(await endedRuns(stream)).toEqual([run])
    expect(await durable.get(workspace, 'run-1')).toEqual(run)
    expect(await durable.get(workspace, 'unknown')).toBeUndefined()
  })

  test('a run of pure nodes waits for two durable writes and no more', async () => {
    const appended: string[] = []
    const { durable } = await world(echo, { wrap: spying(topic => appended.push(topic)) })
    await (
      await durable.start(request(versions.pure, 'run-1', { text: 'x' }))
    ).finished
    expect(appended).toEqual([topicOf.journal(workspace), topicOf.runs(workspace)])
  })

  test('values come through the journal as they are: 1 and 1.0, large integers', async () => {
    const { durable, stream } = await world()
    const inputs = { text: 'x', ignored: null }
    await (
      await durable.start(request(versions.pure, 'run-1', inputs))
    ).finished
    const version = versionOf(
      workflowDocument(
        {
          start: { type: 'start', variables: [{ variable: 'j', label: 'j', type: 'json_object', required: false }] },
          end: endData({ j: 'start.j' }),
        },
        [{ from: 'start', to: 'end' }],
      ),
    )
    const j = { integer: 1n, float: 1.0, large: 9_223_372_036_854_775_807n, text: '\u2028\ud83d\ude00', none: null }
    const run = await (await durable.start(request(version, 'run-2', { j }))).finished
    expect(run.outputs).toEqual({ j })
    expect((await endedRuns(stream))[1]?.outputs).toEqual({ j })
  })

  test('the same run id is one run: while it is accepted, while it runs, after it ended, after a restart', async () => {
    const first = await world()
    const handles = await Promise.all(
      Array.from({ length: 5 }, () => first.durable.start(request(versions.twoCalls, 'run-1', { q: 'hello' }))),
    )
    const runs = await Promise.all(handles.map(handle => handle.finished))
    const again = await first.durable.start(request(versions.twoCalls, 'run-1', { q: 'other' }))
    expect(await again.finished).toEqual(runs[0])
    expect((await allEvents(again.events())).at(-1)).toMatchObject({ type: 'run-finished', status: 'succeeded' })
    expect(first.calls()).toEqual(['first hello', 'second <answer to first hello>'])
    await closed(first)

    const second = await world()
    const later = await second.durable.start(request(versions.twoCalls, 'run-1', { q: 'third' }))
    expect(await later.finished).toEqual(runs[0])
    const rebuilt = await allEvents(later.events())
    expect(rebuilt[0]).toMatchObject({ type: 'run-started', sequence: 1 })
    expect(rebuilt.at(-1)).toMatchObject({ type: 'run-finished', sequence: rebuilt.length })
    expect(second.calls()).toEqual([])
    expect(await endedRuns(second.stream)).toHaveLength(1)
  })

  test('events are in order without holes; who comes back goes on where they were; many may listen', async () => {
    const gate = gates()
    const { durable } = await world(async (prompt, _, { onChunk }) => {
      onChunk?.('an')
      await gate.wait(prompt)
      onChunk?.('swer')
      return 'answer'
    })
    const handle = await durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))
    const listeners = [
      allEvents(handle.events()),
      allEvents(durable.events(workspace, 'run-1')),
      allEvents(durable.events(workspace, 'run-1', 2)),
    ]
    gate.open()
    const [all = [], same, behind] = await Promise.all(listeners)
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1))
    expect(all[0]?.type).toBe('run-started')
    expect(all.at(-1)).toMatchObject({ type: 'run-finished', status: 'succeeded' })
    expect(all.filter(({ type }) => type === 'run-finished')).toHaveLength(1)
    expect(same).toEqual(all)
    expect(behind).toEqual(all.slice(2))
    expect(all.flatMap(event => (event.type === 'text-chunk' ? [event.text] : [])).join('')).toBe('answer')
    expect(await allEvents(durable.events(workspace, 'run-1', 3))).toEqual(all.slice(3))
    expect(durable.events(workspace, 'unknown')).toBeUndefined()
  })

  test('the end is told only when it is durable', async () => {
    const gate = gates()
    const wrap = spying(async topic => {
      if (topic === topicOf.runs(workspace)) await gate.wait('runs')
    })
    const { durable } = await world(echo, { wrap })
    const handle = await durable.start(request(versions.pure, 'run-1', { text: 'x' }))
    const seen: string[] = []
    const listening = (async () => {
      for await (const event of handle.events()) seen.push(event.type)
    })()
    await eventually(() => (seen.filter(type => type === 'node-finished').length === 5 ? true : undefined))
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(seen).not.toContain('run-finished')
    gate.open()
    await listening
    expect(seen.at(-1)).toBe('run-finished')
  })

  test('a run goes on only when the result of its node is durable', async () => {
    const gate = gates()
    let appends = 0
    const wrap = spying(async topic => {
      if (topic === topicOf.journal(workspace) && ++appends > 1) await gate.wait('results')
    })
    const { durable, calls } = await world(echo, { wrap })
    const handle = await durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))
    await eventually(() => (appends === 2 ? true : undefined))
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(calls()).toEqual(['first x'])
    gate.open()
    await handle.finished
    expect(calls()).toHaveLength(2)
  })

  test('stop ends a run as stopped, durably; what was under way is told to stop', async () => {
    let aborted = false
    const { durable, stream } = await world(
      (_, __, { signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => {
            aborted = true
            reject(new Error('aborted'))
          })
        }),
    )
    const handle = await durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))
    expect(await durable.get(workspace, 'run-1')).toMatchObject({ status: 'running' })
    expect(await durable.stop(workspace, 'run-1')).toBe(true)
    const run = await handle.finished
    expect(run).toMatchObject({ status: 'stopped', error: 'Aborted: User requested stop' })
    expect(aborted).toBe(true)
    expect(await endedRuns(stream)).toEqual([run])
    expect(await durable.stop(workspace, 'run-1')).toBe(false)
    expect(await durable.stop(workspace, 'unknown')).toBe(false)
  })

  test('a run that takes too long is stopped; a node that takes too long fails', async () => {
    const never: Script = () => new Promise(() => {})
    const slow = await world(never, { limits: { runMs: 50 } })
    const late = await (await slow.durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))).finished
    expect(late).toMatchObject({ status: 'stopped', error: 'Aborted: Maximum execution time exceeded: 0.05s > 0.05s' })
    await closed(slow)
    const hanging = await world(never, { limits: { nodeMs: 50 } })
    const failed = await (await hanging.durable.start(request(versions.twoCalls, 'run-2', { q: 'x' }))).finished
    expect(failed).toMatchObject({ status: 'failed', error: 'Node ran longer than 0.05 seconds', errorNode: 'first' })
  })

  test('a fault inside a run is the failure of this run alone', async () => {
    const { durable, stream } = await world(echo, { faults: parseFaults('node:before:error:#1') })
    const broken = await durable.start(request(versions.pure, 'run-1', { text: 'x' }))
    const sound = await durable.start(request(versions.pure, 'run-2', { text: 'x' }))
    expect(await broken.finished).toMatchObject({ status: 'failed', error: 'internal: fault injected before node' })
    expect((await allEvents(broken.events())).at(-1)).toMatchObject({ type: 'run-finished', status: 'failed' })
    expect(await sound.finished).toMatchObject({ status: 'succeeded' })
    expect(await endedRuns(stream)).toHaveLength(2)
  })

  test('a journal that does not take results for a while delays the run and loses nothing', async () => {
    const faults = parseFaults('journal:before:error:#1,journal:after:error:#3,journal:after:error:#5')
    const { durable, stream, calls } = await world(echo, { faults })
    const run = await (await durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))).finished
    expect(run.status).toBe('succeeded')
    expect(calls()).toHaveLength(2)
    expect(await endedRuns(stream)).toEqual([run])
  })

  test('a run that was not accepted does not exist', async () => {
    const { durable, stream } = await world(echo, { faults: parseFaults('start:before:error:#1') })
    await expect(durable.start(request(versions.pure, 'run-1', { text: 'x' }))).rejects.toThrow('fault injected')
    expect(await durable.get(workspace, 'run-1')).toBeUndefined()
    await (
      await durable.start(request(versions.pure, 'run-1', { text: 'x' }))
    ).finished
    expect(await endedRuns(stream)).toHaveLength(1)
  })

  test('a document that does not run is refused by name', async () => {
    const { durable } = await world()
    const version = versionOf(workflowDocument({ end: endData({}) }, []))
    await expect(durable.start(request(version, 'run-1', {}))).rejects.toMatchObject({ code: 'invalid-document' })
  })

  describe('after a crash', () => {
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
      await first.stream.close()
      worlds.length = 0

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
      const book = join(folder.path, 'ledger')
      const child = await runChild([engine, folder.path, book, fault, 'run'])
      expect(child).toEqual({ signal: 'SIGKILL', output: '' })

      const services = scriptedServices(echo, ledger(book).write)
      const after = await openWorld({ folder: folder.path, open, services })
      worlds.push(after)
      const run = await eventually(async () => (await endedRuns(after.stream))[0])
      const expected = { status: 'succeeded', outputs: { answer: 'answer to second <answer to first hello>' } }
      expect(run).toMatchObject({ runId: 'run-1', ...expected })
      await closed(after)

      const last = await world()
      expect(await endedRuns(last.stream)).toHaveLength(1)
      expect(await (await last.durable.start(request(versions.twoCalls, 'run-1', { q: 'hello' }))).finished).toEqual(
        run,
      )
      const prompts = ledger(book).calls()
      expect(prompts.filter(prompt => prompt.startsWith('first'))).toHaveLength(calls.first)
      expect(prompts.filter(prompt => prompt.startsWith('second'))).toHaveLength(calls.second)
      expect(last.calls()).toEqual([])
    })

    test('kill -9 before acceptance: there is no run', async () => {
      const child = await runChild([engine, folder.path, join(folder.path, 'ledger'), 'start:before:kill:#1', 'run'])
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
          expect(await endedRuns(again.stream)).toMatchObject([
            { runId: 'run-1', status: 'stopped', inputs: { q: 'x' } },
          ])
        }
        await closed(again)
      }
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
      const value = new TextEncoder().encode(
        JSON.stringify({ ...frame, outcome: { ok: true, inputs: {}, outputs: {} } }),
      )
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

  describe('batches', () => {
    test('results come in the order of the items, one for each, and nothing of pure items is journaled', async () => {
      const appended: string[] = []
      const { durable, stream } = await world(echo, { wrap: spying(topic => appended.push(topic)) })
      const results = await durable.runBatch(batchRequest(200, { version: versions.pure }))
      expect(results.map(({ key }) => key)).toEqual(batchRequest(200).items.map(({ key }) => key))
      expect(results[7]).toMatchObject({
        attempts: 1,
        retriesExhausted: false,
        run: { runId: 'run-7', status: 'succeeded', steps: 5 },
      })
      expect(results[7]?.run.nodes).toHaveLength(5)
      const untraced = await durable.runBatch(batchRequest(2, { version: versions.pure, traces: false }))
      expect(untraced[0]?.run.nodes).toEqual([])
      await durable.release(workspace, 'plan-1')
      expect(appended).toEqual([])
      expect(await endedRuns(stream)).toEqual([])
    })

    test('at most `concurrency` items are under way', async () => {
      let [underWay, most] = [0, 0]
      const { durable } = await world(async () => {
        underWay += 1
        most = Math.max(most, underWay)
        await new Promise(resolve => setTimeout(resolve, 5))
        underWay -= 1
        return 'x'
      })
      await durable.runBatch(batchRequest(12, { concurrency: 3 }))
      expect(most).toBe(3)
    })

    test('recorded results are taken from the journal when the batch runs again, in this process and after a crash', async () => {
      const first = await world(prompt => {
        if (prompt.startsWith('second')) throw new RiskloomError('model-failed', 'down', { transient: true })
        return `one of ${prompt}`
      })
      const controller = new AbortController()
      const running = first.durable.runBatch(batchRequest(4, { signal: controller.signal, attempts: 1_000 }))
      await eventually(() =>
        first.calls().filter(prompt => prompt.startsWith('second')).length > 4 ? true : undefined,
      )
      controller.abort(new Error('enough'))
      await expect(running).rejects.toThrow('enough')
      expect(first.calls().filter(prompt => prompt.startsWith('first'))).toHaveLength(4)
      await closed(first)

      const second = await world()
      const results = await second.durable.runBatch(batchRequest(4, { attempts: 1_000 }))
      expect(results.map(({ run }) => run.outputs)).toEqual(
        range(4).map(index => ({ answer: `answer to second <one of first q${index}>` })),
      )
      expect(second.calls().toSorted()).toEqual(range(4).map(index => `second <one of first q${index}>`))
      const again = await second.durable.runBatch(batchRequest(4, { attempts: 1_000 }))
      expect(again.map(({ run }) => run.outputs)).toEqual(results.map(({ run }) => run.outputs))
      expect(second.calls()).toHaveLength(4)
      await closed(second)

      const third = await world()
      const replayed = await third.durable.runBatch(batchRequest(4, { attempts: 1_000 }))
      expect(replayed.map(({ run }) => run.outputs)).toEqual(results.map(({ run }) => run.outputs))
      expect(third.calls()).toEqual([])
    })

    test('kill -9 in the middle of a batch: what was recorded is not asked for again', async () => {
      const book = join(folder.path, 'ledger')
      const child = await runChild([engine, folder.path, book, 'journal:before:kill:#7', 'batch'])
      expect(child).toEqual({ signal: 'SIGKILL', output: '' })
      const before = ledger(book).calls()
      const after = await openWorld({ folder: folder.path, open, services: scriptedServices(echo, ledger(book).write) })
      worlds.push(after)
      const recorded = (await after.stream.describe(topicOf.journal(workspace)))?.ends[0]?.next ?? 0
      const results = await after.durable.runBatch(batchRequest(6))
      expect(results.map(({ run }) => run.outputs)).toEqual(
        range(6).map(index => ({ answer: `answer to second <answer to first q${index}>` })),
      )
      expect(recorded).toBeGreaterThan(0)
      // Two calls an item, and once more those that were under way when the process died.
      expect(ledger(book).calls()).toHaveLength(12 + before.length - recorded)
    })

    test('a released batch is forgotten, and the mark moves past it', async () => {
      const first = await world()
      await first.durable.runBatch(batchRequest(2))
      await first.durable.release(workspace, 'plan-1')
      await first.durable.release(workspace, 'plan-1')
      await closed(first)
      const topic = topicOf.journal(workspace)
      const second = await world()
      const [mark] = await second.stream.groups.committed(topic, 'durable')
      expect(mark).toBe((await second.stream.describe(topic))?.ends[0]?.next)
      await second.durable.runBatch(batchRequest(1))
      expect(second.calls()).toHaveLength(2)
    })

    test('passing failures are tried again as long as was asked, with what was recorded kept', async () => {
      const sleeps: number[] = []
      const { durable, calls } = await world(
        (prompt, call) => {
          if (prompt === 'second <answer to first q0>' && call < 3) {
            throw new RiskloomError('model-rate-limited', 'slow down', { transient: true, retryAfter: 0.04 })
          }
          if (prompt === 'second <answer to first q1>')
            throw new RiskloomError('model-failed', 'down', { transient: true })
          if (prompt === 'second <answer to first q2>') throw new RiskloomError('model-failed', 'wrong key')
          return `answer to ${prompt}`
        },
        { chance: () => 0 },
      )
      const started = performance.now()
      const [first, second, third] = await durable.runBatch(batchRequest(3))
      sleeps.push(performance.now() - started)
      expect(first).toMatchObject({ attempts: 3, retriesExhausted: false, run: { status: 'succeeded' } })
      expect(second).toMatchObject({
        attempts: 3,
        retriesExhausted: true,
        run: { status: 'failed', errorNode: 'second' },
      })
      expect(third).toMatchObject({ attempts: 1, retriesExhausted: false, run: { status: 'failed' } })
      expect(calls().filter(prompt => prompt.startsWith('first'))).toHaveLength(3)
      expect(sleeps[0]).toBeGreaterThanOrEqual(80)
    })

    test('a journal that fails ends the batch with its reason; nothing runs on behind it', async () => {
      const { durable, calls } = await world(echo, { faults: parseFaults('journal:before:error:#3') })
      await expect(durable.runBatch(batchRequest(20, { concurrency: 2 }))).rejects.toThrow(
        'fault injected before journal',
      )
      const made = calls().length
      await new Promise(resolve => setTimeout(resolve, 30))
      expect(calls()).toHaveLength(made)
      const results = await durable.runBatch(batchRequest(20, { concurrency: 2 }))
      expect(results.every(({ run }) => run.status === 'succeeded')).toBe(true)
    })

    test('the same batch does not run twice at once', async () => {
      const gate = gates()
      const { durable } = await world(prompt => gate.wait(prompt).then(() => 'x'))
      const running = durable.runBatch(batchRequest(1))
      await expect(durable.runBatch(batchRequest(1))).rejects.toMatchObject({ code: 'conflict' })
      gate.open()
      await running
    })

    test('an item that breaks is a failed item', async () => {
      const { durable } = await world(echo, { faults: parseFaults('node:before:error:#1') })
      const [first, second] = await durable.runBatch(
        batchRequest(2, { version: versions.pure, attempts: 1, concurrency: 1 }),
      )
      expect(first).toMatchObject({
        run: { status: 'failed', error: 'internal: fault injected before node' },
        retriesExhausted: true,
      })
      expect(second).toMatchObject({ run: { status: 'succeeded' } })
    })

    test('long batches let others have their turn', async () => {
      const { durable } = await world()
      let turns = 0
      const timer = setInterval(() => (turns += 1), 1)
      await durable.runBatch(batchRequest(3_000, { version: versions.pure, traces: false }))
      clearInterval(timer)
      expect(turns).toBeGreaterThan(3)
    })
  })

  test.each([[['left', 'right']], [['right', 'left']]])(
    'results in the order %j give the bytes that the interpreter alone gives',
    async order => {
      const clock = heldClock()
      const gate = gates()
      const services = scriptedServices(
        prompt => gate.wait(prompt.split(' ')[0] ?? '').then(() => `said ${prompt}`),
        undefined,
        clock,
      )
      const { durable } = await world(echo, { services })
      const handle = await durable.start(request(versions.parallel, 'run-1', { q: 'x' }))
      for (const side of order) {
        gate.open(side)
        await eventually(async () => ((await hasEnded(durable.events(workspace, 'run-1'), side)) ? true : undefined))
      }
      await handle.finished
      const events = await allEvents(handle.events())
      const alone = await interpreterAlone(versions.parallel, 'run-1', { q: 'x' }, order, clock)
      expect(encodeJson(events as unknown as Value)).toBe(encodeJson(alone as unknown as Value))
      expect(events.flatMap(event => (event.type === 'node-finished' ? [event.nodeRun.nodeId] : []))).toEqual([
        'start',
        ...order,
        'end',
      ])
    },
  )

  test('close lets runs end for a while, then leaves them to the next start', async () => {
    const gate = gates()
    const first = await world(prompt => gate.wait(prompt).then(() => 'x'))
    const handle = await first.durable.start(request(versions.twoCalls, 'run-1', { q: 'x' }))
    const refused = handle.finished.catch((error: unknown) => error)
    await closed(first)
    expect(await refused).toMatchObject({ code: 'unavailable' })
    await expect(first.durable.start(request(versions.pure, 'run-2', { text: 'x' }))).rejects.toMatchObject({
      code: 'unavailable',
    })
    const second = await world()
    await eventually(async () => (await endedRuns(second.stream))[0])
  })

  test('it says of itself what others need to know', async () => {
    const { durable } = await world()
    expect(durable).toMatchObject({ engine, shared: false })
    await durable.check()
  })
})

/** The same run without any driver: the results are handed to the interpreter in the order given. */
async function interpreterAlone(
  version: Version,
  runId: string,
  inputs: RunRequest['inputs'],
  order: readonly string[],
  clock: Clock,
): Promise<RunEvent[]> {
  const { document } = readDocument(version.document)
  const compiled = document === null ? undefined : compile(document)
  if (compiled?.ok !== true) throw new Error('the document does not compile')
  const { graph } = compiled
  const services = scriptedServices(prompt => `said ${prompt}`, undefined, clock)
  const options = { services, bindings: version.bindings, signal: new AbortController().signal }
  const names = { workspace, runId, appId: version.appId, versionId: version.id, purpose: 'live', user: 'u1' } as const
  let progress = begin(graph, { ...names, events: true, traces: true }, inputs, clock.now())
  const { commands, events } = advance(graph, progress, options)
  const all = [...events]
  for (const side of order) {
    const command = commands.find(({ node }) => graph.nodes[node]?.id === side)
    if (command?.kind !== 'run-node') throw new Error(`${side} was not to be run`)
    const outcome = await execute(graph, progress.state, command, options)
    const { node, attempt } = command
    const completion = { kind: 'node-finished', node, attempt, outcome, startedAt: clock.now(), elapsedMs: 0 } as const
    progress = step(graph, progress.state, completion, clock.now())
    all.push(...advance(graph, progress, options).events)
  }
  return all
}

/** Whether a node has ended, as far as the events tell by now. */
async function hasEnded(events: AsyncIterable<RunEvent> | undefined, nodeId: string): Promise<boolean> {
  const iterator = events?.[Symbol.asyncIterator]()
  for (;;) {
    const next = await Promise.race([
      iterator?.next(),
      new Promise<undefined>(resolve => setTimeout(() => resolve(undefined), 20)),
    ])
    if (next === undefined || next.done === true) return false
    if (next.value.type === 'node-finished' && next.value.nodeRun.nodeId === nodeId) return true
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** Waits that the test ends by name, or all together. */
function gates(): { wait(name: string): Promise<void>; open(name?: string): void } {
  const opened = new Set<string>()
  let all = false
  let waiting: { name: string; go: () => void }[] = []
  return {
    wait: name =>
      all || opened.has(name) ? Promise.resolve() : new Promise(resolve => waiting.push({ name, go: resolve })),
    open(name) {
      if (name === undefined) all = true
      else opened.add(name)
      const ready = waiting.filter(entry => all || opened.has(entry.name))
      waiting = waiting.filter(entry => !ready.includes(entry))
      for (const { go } of ready) go()
    },
  }
}

/** A stream that tells of each append before it happens. */
function spying(onAppend: (topic: string) => unknown): (stream: Stream) => Stream {
  return stream => ({
    ...stream,
    append: async (topic, records) => {
      await onAppend(topic)
      return stream.append(topic, records)
    },
  })
}

function runChild(args: string[]): Promise<{ signal: NodeJS.Signals | null; output: string }> {
  const script = fileURLToPath(new URL('../support/durable-child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise(resolve => child.once('exit', (_, signal) => resolve({ signal, output })))
}
