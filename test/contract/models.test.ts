import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { guardedHttp } from '../../connectors/http/index.ts'
import { modelsAdapters } from '../../connectors/models/index.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import type { Faults } from '../../engine/ports/faults.ts'
import type { ChatRequest, ChatResult, Models } from '../../engine/ports/models.ts'
import type { ModelRecord } from '../../engine/ports/records.ts'
import { event, startModelServer, type ModelScript } from '../support/model-server.ts'

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: ms => new Promise(done => setTimeout(done, ms)),
}
const server = await startModelServer()
const http = guardedHttp({ allow: [server.allow] })
afterAll(async () => {
  await http.close()
  await server.close()
})

const record: ModelRecord = {
  kind: 'llm',
  name: 'm',
  provider: 'p',
  baseUrl: server.url,
  apiKeySealed: 'sealed:sk-secret-key',
  promptPrice: 0.5,
  completionPrice: 2,
}

interface World {
  readonly records?: readonly ModelRecord[]
  readonly fallback?: { baseUrl?: string; apiKey?: string }
  readonly faults?: Faults
}

describe.each(Object.entries(modelsAdapters))('models: %s', (_name, adapter) => {
  const open = (world: World = {}): Models =>
    adapter({
      http,
      clock,
      records: {
        workspace: workspace => ({
          models: {
            find: name =>
              Promise.resolve((world.records ?? [record]).find(one => workspace === 'w' && one.name === name)),
          },
        }),
      },
      secrets: { open: (_workspace, sealed) => Promise.resolve(sealed.replace('sealed:', '')) },
      local: { classify: () => Promise.reject(new Error('no classifier here')), classifyNow: () => undefined },
      limits: { firstByteMs: 400, betweenMs: 300, totalMs: 1_500 },
      ...(world.fallback === undefined ? {} : { fallback: world.fallback }),
      ...(world.faults === undefined ? {} : { faults: world.faults }),
    })

  const port = open()
  const ask = (more: Partial<ChatRequest> = {}): ChatRequest => ({
    workspace: 'w',
    provider: 'p',
    model: 'm',
    messages: [{ role: 'user', content: 'hello' }],
    parameters: {},
    ...more,
  })
  const chat = (script: ModelScript, more: Partial<ChatRequest> = {}): Promise<ChatResult> => {
    server.setScript(script)
    return port.chat(ask(more))
  }
  const streamed = async (script: ModelScript): Promise<{ result: ChatResult; pieces: string[] }> => {
    const pieces: string[] = []
    return { result: await chat(script, { onChunk: piece => void pieces.push(piece) }), pieces }
  }
  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'succeeded',
      (error: unknown) => error,
    )

  beforeEach(() => server.setScript(() => undefined))
  afterAll(() => port.close())

  test('a whole answer with its counts and prices', async () => {
    const result = await chat(
      { text: 'hi', usage: { prompt_tokens: 3, completion_tokens: 2 } },
      { parameters: { temperature: 0.1, stop: null, model: 'other' }, callId: 'run/node/1' },
    )
    expect(result).toMatchObject({
      text: 'hi',
      reasoning: '',
      finishReason: 'stop',
      promptTokens: 3,
      completionTokens: 2,
      promptPrice: 0.0005,
      completionPrice: 0.002,
      currency: 'USD',
      firstTokenMs: null,
    })
    const call = server.calls.at(-1)
    expect(call?.body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'hello' }], temperature: 0.1 })
    expect(call?.headers).toMatchObject({ authorization: 'Bearer sk-secret-key', 'idempotency-key': 'run/node/1' })
    expect(Object.keys(call?.headers ?? {}).filter(name => name.startsWith('x-stainless'))).toEqual([])
  })

  test('a streamed answer, with thoughts apart', async () => {
    const thoughts: string[] = []
    server.setScript({ text: 'a longer answer', reasoning: 'because' })
    const pieces: string[] = []
    const result = await port.chat(
      ask({ onChunk: piece => void pieces.push(piece), onReasoning: piece => void thoughts.push(piece) }),
    )
    expect([pieces, thoughts]).toEqual([['a longer', ' answer'], ['because']])
    expect(result).toMatchObject({ text: 'a longer answer', reasoning: 'because', finishReason: 'stop' })
    expect(result.firstTokenMs).toBeGreaterThanOrEqual(0)
    expect(result.latencyMs).toBeGreaterThanOrEqual(result.firstTokenMs ?? 0)
  })

  test('what good and odd providers put into a stream', async () => {
    const chunk = (content: unknown, finish: string | null = null): string =>
      event({ choices: [{ delta: { content }, finish_reason: finish }] })
    const { result, pieces } = await streamed({
      lines: [
        ': keep-alive\n\n',
        event({ choices: [] }),
        chunk(''),
        chunk('one '),
        'event: message\n',
        chunk([{ type: 'text', text: 'two' }]),
        chunk(null, 'stop'),
        chunk(null, 'stop'),
        event({ choices: [], usage: { prompt_tokens: -4, completion_tokens: 'many' } }),
        event('[DONE]'),
        'data: after the end\n\n',
      ],
    })
    expect([pieces.join(''), result.text, result.promptTokens, result.completionTokens]).toEqual([
      'one two',
      'one two',
      0,
      2,
    ])
    expect((await streamed({ text: 'no done', cut: 'done' })).result.text).toBe('no done')
    expect((await streamed({ text: 'uncounted', usage: null })).result.completionTokens).toBe(3)
  })

  test('streams that break off fail and may be tried again', async () => {
    const broken = { code: 'model-failed', transient: true }
    expect(await failure(streamed({ text: 'some', cut: 'json' }))).toMatchObject(broken)
    expect(await failure(streamed({ text: 'some', cut: 'finish' }))).toMatchObject(broken)
    expect(await failure(chat({ text: 'some', cut: 'json' }))).toMatchObject(broken)
    expect(await failure(streamed({ lines: [event({ error: { message: 'overloaded' } })] }))).toMatchObject(broken)
  })

  test('slow, silent and endless answers are ended', async () => {
    const late = { code: 'model-failed', transient: true, message: 'The model did not answer in time' }
    expect(await failure(chat({ delayMs: 1_000 }))).toMatchObject(late)
    expect(await failure(streamed({ text: 'a few pieces', betweenMs: 1_000 }))).toMatchObject(late)
    expect(await failure(streamed({ endless: ': keep-alive\n\n', betweenMs: 50 }))).toMatchObject(late)
    const large = { code: 'model-failed', transient: false, message: expect.stringContaining('larger than') as string }
    expect(
      await failure(streamed({ endless: event({ choices: [{ delta: { content: 'x'.repeat(100_000) } }] }) })),
    ).toMatchObject(large)
    expect(await failure(chat({ text: 'x'.repeat(1_100_000) }))).toMatchObject(large)
  })

  test('errors of the provider keep their meaning and never show the key', async () => {
    const cases: [ModelScript, Record<string, unknown>][] = [
      [
        { status: 429, headers: { 'retry-after': '7' } },
        { code: 'model-rate-limited', transient: true, retryAfter: 7 },
      ],
      [
        { status: 429, headers: { 'retry-after-ms': '250' } },
        { code: 'model-rate-limited', retryAfter: 0.25 },
      ],
      [
        { status: 429, errorCode: 'insufficient_quota' },
        { code: 'model-failed', transient: false },
      ],
      [
        { status: 500, error: 'upstream exploded' },
        { code: 'model-failed', transient: true, message: expect.stringContaining('upstream exploded') },
      ],
      [
        { status: 503, headers: { 'retry-after': '3' } },
        { code: 'model-failed', transient: true, retryAfter: 3 },
      ],
      [
        { status: 401, error: 'bad key sk-secret-key' },
        { code: 'model-failed', transient: false, message: 'The model answered with status 401: bad key ***' },
      ],
      [{ status: 400 }, { code: 'model-failed', transient: false }],
    ]
    for (const [script, expected] of cases) {
      const before = server.calls.length
      expect(await failure(chat(script))).toMatchObject(expected)
      expect(server.calls.length).toBe(before + 1)
    }
  })

  test('a caller can stop a call', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    server.setScript({ delayMs: 300 })
    expect(await failure(port.chat(ask({ signal: stop.signal })))).toMatchObject({
      code: 'run-stopped',
      transient: false,
    })
  })

  test('a schema is asked for natively, or in the prompt where the endpoint does not know it', async () => {
    const schema = { type: 'object', properties: { answer: { type: 'string' } } }
    await chat({ text: '{}' }, { schema })
    expect(server.calls.at(-1)?.body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema },
    })
    const other = open()
    server.setScript(call =>
      call.body['response_format']
        ? { status: 400, error: "response_format 'json_schema' is not supported" }
        : { text: '{}' },
    )
    const before = server.calls.length
    await other.chat(ask({ schema }))
    await other.chat(ask({ schema }))
    expect(server.calls.length).toBe(before + 3)
    expect(JSON.stringify(server.calls.at(-1)?.body)).toContain('JSON schema')
    server.setScript(call =>
      call.body['stream_options'] ? { status: 400, error: 'unknown field stream_options' } : { text: 'ok' },
    )
    expect((await other.chat(ask({ onChunk: () => undefined }))).text).toBe('ok')
    await other.close()
  })

  test('models are found by workspace and name; else the operator’s endpoint answers', async () => {
    server.setScript({ text: 'x' })
    expect(await failure(port.chat(ask({ workspace: 'other' })))).toMatchObject({ code: 'model-not-found' })
    expect(await failure(port.chat(ask({ model: 'unknown' })))).toMatchObject({ code: 'model-not-found' })
    const behind = open({ records: [], fallback: { baseUrl: server.url, apiKey: 'operator-key' } })
    expect(await behind.chat(ask())).toMatchObject({ text: 'x', promptPrice: null })
    expect(server.calls.at(-1)?.headers.authorization).toBe('Bearer operator-key')
    await behind.close()
    const keyless = open({ records: [{ ...record, apiKeySealed: null }] })
    await keyless.chat(ask())
    expect(server.calls.at(-1)?.headers).not.toHaveProperty('authorization')
    await keyless.close()
  })

  test('an endpoint in a private network is refused unless it is opened', async () => {
    const inside = open({ records: [{ ...record, baseUrl: 'http://127.0.0.1:9/v1' }] })
    expect(await failure(inside.chat(ask()))).toMatchObject({ code: 'egress-denied', transient: false })
    await inside.close()
  })

  test('the operator’s address opens for its own calls only', async () => {
    const closed = guardedHttp()
    const own = adapter({
      http: closed,
      clock,
      records: { workspace: () => ({ models: { find: name => Promise.resolve(name === 'm' ? record : undefined) } }) },
      secrets: { open: (_workspace, sealed) => Promise.resolve(sealed) },
      local: { classify: () => Promise.reject(new Error('no')), classifyNow: () => undefined },
      fallback: { baseUrl: server.url },
    })
    server.setScript({ text: 'x' })
    expect(await own.chat(ask({ model: 'else' }))).toMatchObject({ text: 'x' })
    expect(await failure(own.chat(ask()))).toMatchObject({ code: 'egress-denied' })
    await own.close()
    await closed.close()
  })

  test('fail points stand before and after the call', async () => {
    const hits: string[] = []
    const faults: Faults = { active: true, hit: (step, moment) => Promise.resolve(void hits.push(`${step}:${moment}`)) }
    const faulty = open({ faults })
    await faulty.chat(ask())
    expect(hits).toEqual(['model-call:before', 'model-call:after'])
    await faulty.close()
  })
})
