import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RiskloomError } from '../../engine/error.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { parseFaults } from '../../platform/faults.ts'
import { durables } from '../../temporal/index.ts'
import { durableSuite, echo, gates, range, runChild, spying } from '../support/durable-suite.ts'
import { batchRequest, endedRuns, eventually, versions, workspace } from '../support/durable-world.ts'
import { ledger, scriptedServices } from '../support/scripted-services.ts'

describe.each(durables)('durable batches: $engine', adapter => {
  const suite = durableSuite(options => adapter.open(options))
  const { world, closed } = suite

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
    await eventually(() => (first.calls().filter(prompt => prompt.startsWith('second')).length > 4 ? true : undefined))
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
    const book = join(suite.path(), 'ledger')
    const child = await runChild([adapter.engine, suite.path(), book, 'journal:before:kill:#7', 'batch'])
    expect(child).toEqual({ signal: 'SIGKILL', output: '' })
    const before = ledger(book).calls()
    const after = await world(echo, { services: scriptedServices(echo, ledger(book).write) })
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

  test('a journal that fails for a while delays the batch; no model is asked again and no run stops for it', async () => {
    let refusals = 0
    const refuse = () => {
      if (refusals === 12) return
      refusals += 1
      throw new RiskloomError('disk-full', 'no space left', { transient: true })
    }
    const { durable, calls, lines } = await world(echo, { wrap: spying(refuse), limits: { runMs: 60 } })
    const results = await durable.runBatch(batchRequest(2))
    expect(results).toMatchObject([
      { attempts: 1, run: { status: 'succeeded' } },
      { attempts: 1, run: { status: 'succeeded' } },
    ])
    expect(results.every(({ run }) => run.elapsedMs > 60)).toBe(true)
    expect(calls().filter(prompt => prompt.startsWith('first'))).toHaveLength(2)
    expect(calls()).toHaveLength(4)
    expect(lines.filter(({ message }) => message.startsWith('journal does not take results'))).toHaveLength(12)
  })

  test('a batch that is aborted while the journal fails ends with its reason; nothing runs on behind it', async () => {
    let full = true
    const refuse = () => {
      if (full) throw new RiskloomError('disk-full', 'no space left', { transient: true })
    }
    const { durable, calls } = await world(echo, { wrap: spying(refuse) })
    const controller = new AbortController()
    const running = durable.runBatch(batchRequest(20, { concurrency: 2, signal: controller.signal }))
    await eventually(() => (calls().length === 2 ? true : undefined))
    controller.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    await new Promise(resolve => setTimeout(resolve, 30))
    expect(calls()).toHaveLength(2)
    full = false
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
