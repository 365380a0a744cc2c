import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../connectors/clock/system.ts'
import { embeddedStream } from '../../connectors/stream/index.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { prepareFaults, underWay, type Prepared } from '../support/fault-run.ts'
import { startModelServer, type ModelCallSeen, type ModelReply, type ModelServer } from '../support/model-server.ts'

/** What the server says of a prompt, be it an answer or an error: in the journal only when it was recorded. */
const answerTo = (prompt: string): string => `answer to <${prompt}>`

let server: ModelServer
let prepared: Prepared
/** Calls of this server before the case. */
let before = 0

beforeAll(async () => {
  // It runs here, so that what it counts outlives the process that is killed.
  server = await startModelServer(good)
  prepared = await prepareFaults({ batchSize: 10, eventsEach: 15, modelServer: server })
})

beforeEach(() => {
  before = server.calls.length
  server.setScript(good)
})

afterAll(async () => {
  await prepared.remove()
  await server.close()
})

describe('kill -9 while a model is asked: no answer that was recorded is paid for twice', () => {
  for (const moment of ['before', 'after'] as const) {
    it(`${moment} model-call`, async () => {
      const life = await prepared.start()
      const end = await life.run(`model-call:${moment}:kill:#12`)
      expect(end, end.stderr).toMatchObject({ signal: 'SIGKILL' })
      const recorded = await recordedPrompts(life.folder)
      const unrecorded = made().filter(call => !recorded.has(call.prompt))
      expect(recorded.size).toBeGreaterThan(0)
      // The process died with an answer in its hands, or before its twelfth call was made.
      if (moment === 'after') expect(unrecorded.length).toBeGreaterThan(0)
      expect(unrecorded.length).toBeLessThanOrEqual(moment === 'after' ? underWay : underWay - 1)

      expect(await life.finish({ repeatsAllowed: unrecorded.length })).toEqual([])
      const repeated = [...timesCalled()].filter(([, times]) => times > 1)
      expect(repeated.map(([callId]) => callId).sort()).toEqual(unrecorded.map(call => call.callId).sort())
      expect(repeated.every(([, times]) => times === 2)).toBe(true)
      expect(timesCalled().size).toBe(new Set(made().map(call => call.prompt)).size)
      await life.remove()
    })
  }
})

describe('a provider that is overrun', () => {
  it('is asked again when it said so, and each event is decided once', async () => {
    const refused = new Map<string, number>()
    const waits: number[] = []
    server.setScript(call => {
      const since = refused.get(call.callId)
      if (since !== undefined) waits.push(performance.now() - since)
      else if (refused.size < underWay) {
        refused.set(call.callId, performance.now())
        return { status: 429, error: 'slow down', headers: { 'retry-after': '1' } }
      }
      return good(call)
    })
    const life = await prepared.start()
    expect(await life.finish({ kills: 0, repeatsAllowed: underWay })).toEqual([])
    expect(waits).toHaveLength(underWay)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000)
    const repeated = [...timesCalled()].filter(([, times]) => times > 1)
    expect(new Map(repeated)).toEqual(new Map([...refused.keys()].map(callId => [callId, 2])))
    await life.remove()
  })
})

function good({ prompt }: ModelCallSeen): ModelReply {
  if (prompt.includes('breaks')) return { status: 400, error: answerTo(prompt) }
  // Long enough that several are under way at any time.
  return { text: answerTo(prompt), delayMs: 10 }
}

function made(): readonly ModelCallSeen[] {
  return server.calls.slice(before)
}

function timesCalled(): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const { callId } of made()) times.set(callId, (times.get(callId) ?? 0) + 1)
  return times
}

/** Prompts of which the journal of a dead process holds the outcome, read without the product’s own recovery. */
async function recordedPrompts(folder: string): Promise<ReadonlySet<string>> {
  const stream = await embeddedStream({ folder: join(folder, 'stream'), clock: systemClock })
  const records = await stream.read(topicOf.journal('acme'), 0, 0, { records: 10_000 })
  await stream.close()
  const journal = records.map(record => Buffer.from(record.value).toString('utf8'))
  const isRecorded = ({ prompt }: ModelCallSeen): boolean => journal.some(frame => frame.includes(answerTo(prompt)))
  return new Set(
    made()
      .filter(isRecorded)
      .map(call => call.prompt),
  )
}
