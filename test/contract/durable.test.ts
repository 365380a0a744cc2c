import { describe, expect, test } from 'vitest'
import { compile } from '../../engine/graph/compile.ts'
import { readDocument } from '../../engine/graph/document.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import type { RunRequest } from '../../engine/ports/durable.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { advance, execute } from '../../engine/run/execute.ts'
import { begin, step } from '../../engine/run/step.ts'
import { encodeJson } from '../../engine/values/codec.ts'
import type { Value } from '../../engine/values/value.ts'
import { parseFaults } from '../../platform/faults.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { Version } from '../../schemas/version.ts'
import { durables } from '../../temporal/index.ts'
import { allEvents, durableSuite, echo, gates, spying } from '../support/durable-suite.ts'
import { endedRuns, eventually, request, versions, workspace } from '../support/durable-world.ts'
import { heldClock } from '../support/held-clock.ts'
import { scriptedServices, type Script } from '../support/scripted-services.ts'
import { endData, versionOf, workflowDocument } from '../support/workflow.ts'

describe.each(durables)('durable: $engine', adapter => {
  const suite = durableSuite(options => adapter.open(options))
  const { world, closed } = suite

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
    expect(durable).toMatchObject({ engine: adapter.engine, shared: false })
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
