import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { guardedHttp } from '../../../connectors/http/index.ts'
import { models } from '../../../connectors/models/index.ts'
import { goldenNode, goldenRun, haveGolden } from '../../../test/support/golden.ts'
import { startModelServer, type ModelScript } from '../../../test/support/model-server.ts'
import { nodeCall } from '../../../test/support/node-call.ts'
import type { ModelRecord } from '../../ports/records.ts'
import { fromJs, toJs } from '../../values/codec.ts'
import { FileValue, type Value } from '../../values/value.ts'
import type { NodeOutcome } from '../node.ts'
import { llm } from './run.ts'

const server = await startModelServer()
const http = guardedHttp({ allow: [server.allow] })
const record: ModelRecord = {
  kind: 'llm',
  name: 'fake-chat',
  provider: 'p',
  baseUrl: server.url,
  apiKeySealed: null,
  promptPrice: 1,
  completionPrice: 2,
}
const port = models({
  http,
  clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() },
  records: {
    workspace: () => ({ models: { find: name => Promise.resolve(name === 'fake-chat' ? record : undefined) } }),
  },
  secrets: { open: (_workspace, sealed) => Promise.resolve(sealed) },
  local: { classify: () => Promise.reject(new Error('no classifier here')), classifyNow: () => undefined },
})
afterAll(async () => {
  await port.close()
  await http.close()
  await server.close()
})
beforeEach(() => server.setScript(() => undefined))

const base = {
  type: 'llm',
  model: { provider: 'p', name: 'fake-chat', mode: 'chat', completion_params: { temperature: 0 } },
}
const user = (text: string): { role: string; text: string }[] => [{ role: 'user', text }]

async function run(
  data: Record<string, unknown>,
  variables: Record<string, Value> = {},
): Promise<{ outcome: NodeOutcome; streamed: string }> {
  const call = nodeCall(llm, { ...base, ...data }, { variables, services: { models: port } })
  const outcome = await llm.run(call)
  return { outcome, streamed: call.emitted.map(({ text }) => text).join('') }
}

const outputs = (outcome: NodeOutcome): Record<string, unknown> =>
  toJs(outcome.outputs ?? {}) as Record<string, unknown> // outputs are an object
const lastMessages = (): unknown => server.calls.at(-1)?.body['messages']

/** A run with times and prices left out: they are ours. */
function comparable(data: unknown): unknown {
  return JSON.parse(
    JSON.stringify(data, (key, value: unknown) => (/price|latency|time_to/.test(key) ? undefined : value)),
  )
}

describe('llm node', () => {
  test.skipIf(!haveGolden).each(['g30_llm', 'g30_llm_structured'])(
    'gives what the recorded server gave: %s',
    async name => {
      const golden = goldenRun(name, 'run0.streaming')
      const trace = golden.nodes.find(node => node['node_type'] === 'llm')
      const variables = Object.fromEntries(
        Object.entries(golden.inputs).map(([key, value]) => [`start.${key}`, fromJs(value)]),
      )
      const { outcome } = await run(goldenNode(name, 'llm'), variables)
      const ours = {
        inputs: toJs(outcome.inputs),
        process_data: toJs(outcome.processData ?? {}),
        outputs: outputs(outcome),
      }
      const theirs = { inputs: trace?.['inputs'], process_data: trace?.['process_data'], outputs: trace?.['outputs'] }
      if (name === 'g30_llm') expect(comparable(ours)).toEqual(comparable(theirs))
      else {
        // The recorded provider put the schema into the prompt, so its token counts are others.
        const { structured_output: structured, text } = theirs.outputs as Record<string, unknown> // a recorded object
        expect(ours.outputs).toMatchObject({ structured_output: structured, text, finish_reason: 'stop' })
      }
    },
  )

  test.skipIf(!haveGolden)('renders jinja prompts as the recorded server did', async () => {
    const { outcome } = await run(goldenNode('g30_llm_jinja', 'llm'), { 'start.q': 'hello' })
    expect(outputs(outcome)['text']).toBe(goldenRun('g30_llm_jinja', 'run0.blocking').outputs['text'])
  })

  test('messages, context and question are put together', async () => {
    const context = { enabled: true, variable_selector: ['kb', 'result'] }
    const prompt_template = [
      { role: 'system', text: 'Know: {{#context#}}.' },
      { role: 'assistant', text: '{{#start.empty#}}' },
      { role: 'user', text: 'Q {{#start.q#}}' },
    ]
    const variables = {
      'start.q': '{{#env.key#}}',
      'start.empty': null,
      'env.key': 'secret',
      'sys.query': 'and now?',
      'kb.result': [{ content: 'one {{#env.key#}}' }, { content: 'two' }],
    }
    await run({ prompt_template, context, memory: { query_prompt_template: null } }, variables)
    expect(lastMessages()).toEqual([
      { role: 'system', content: 'Know: one {{#env.key#}}\ntwo.' },
      { role: 'user', content: 'Q {{#env.key#}}' },
      { role: 'user', content: 'and now?' },
    ])
    await run(
      { model: { ...base.model, mode: 'completion' }, prompt_template: { text: 'Complete {{#start.q#}}' } },
      variables,
    )
    expect(lastMessages()).toEqual([{ role: 'user', content: 'Complete {{#env.key#}}' }])
    const jinja2_text = '{{ v | upper }} {{#context#}}'
    const config = { jinja2_variables: [{ variable: 'v', value_selector: ['start', 'q'] }] }
    await run(
      {
        prompt_template: [{ role: 'user', edition_type: 'jinja2', jinja2_text }],
        prompt_config: config,
        context: { enabled: true, variable_selector: ['start', 'q'] },
      },
      { 'start.q': '{{ 7*7 }}' },
    )
    expect(lastMessages()).toEqual([{ role: 'user', content: '{{ 7*7 }} {{ 7*7 }}' }])
  })

  test('prompts that cannot be made fail in words, before any call', async () => {
    const before = server.calls.length
    const picture = new FileValue({
      type: 'image',
      transferMethod: 'remote_url',
      name: 'a',
      extension: '.png',
      mimeType: 'image/png',
      size: 1,
      url: '',
      relatedId: '',
    })
    const failures = await Promise.all([
      run({ prompt_template: user('{{#start.no#}}') }),
      run({ prompt_template: user(' ') }),
      run(
        { prompt_template: user('x'), vision: { enabled: true, configs: { variable_selector: ['sys', 'files'] } } },
        { 'sys.files': [picture] },
      ),
      run({ prompt_template: user('x'), structured_output_enabled: true, structured_output: {} }),
      run({ prompt_template: [{ role: 'user', edition_type: 'jinja2', jinja2_text: '{{ 1 +' }] }),
    ])
    expect(failures.map(({ outcome }) => (outcome.ok ? 'ok' : outcome.errorType))).toEqual([
      'VariableNotFoundError',
      'NoPromptFoundError',
      'FileTypeNotSupportError',
      'LLMModeRequiredError',
      'TemplateTransformError',
    ])
    expect(failures[0]?.outcome).toMatchObject({ error: 'Variable start.no not found' })
    expect(server.calls).toHaveLength(before)
  })

  test('text streams, usage has prices, the call is recorded', async () => {
    server.setScript({ text: 'a longer answer', usage: { prompt_tokens: 1_000, completion_tokens: 500 } })
    const { outcome, streamed } = await run({ prompt_template: user('x') })
    expect(streamed).toBe('a longer answer')
    expect(outputs(outcome)).toMatchObject({
      text: 'a longer answer',
      usage: {
        total_tokens: 1_500,
        prompt_unit_price: '1',
        prompt_price_unit: '0.001',
        prompt_price: '1',
        completion_price: '1',
        total_price: '2',
        currency: 'USD',
      },
    })
    expect(outcome.modelCalls).toMatchObject([
      {
        nodeId: 'node',
        provider: 'p',
        model: 'fake-chat',
        kind: 'llm',
        status: 'succeeded',
        error: null,
        promptTokens: 1_000,
        completionTokens: 500,
        cost: 2,
      },
    ])
  })

  test('thoughts stand in the text or apart, streamed as they stand', async () => {
    const inText: ModelScript = { text: '<think>let me see</think>\n\nYes.' }
    const apart: ModelScript = { text: 'Yes.', reasoning: 'let me see' }
    const ask = async (script: ModelScript, reasoning_format: string): Promise<unknown[]> => {
      server.setScript(script)
      const { outcome, streamed } = await run({ prompt_template: user('x'), reasoning_format })
      const { text, reasoning_content: reasoning } = outputs(outcome)
      return [text, reasoning, streamed]
    }
    expect(await ask(inText, 'tagged')).toEqual([
      '<think>let me see</think>\n\nYes.',
      '',
      '<think>let me see</think>\n\nYes.',
    ])
    expect(await ask(inText, 'separated')).toEqual(['Yes.', 'let me see', 'Yes.'])
    expect(await ask(apart, 'tagged')).toEqual([
      '<think>\nlet me see\n</think>Yes.',
      '',
      '<think>\nlet me see\n</think>Yes.',
    ])
    expect(await ask(apart, 'separated')).toEqual(['Yes.', 'let me see', 'Yes.'])
  })

  const schema = { type: 'object', properties: { label: { type: 'string' } }, required: ['label'] }
  const structured = { prompt_template: user('x'), structured_output_enabled: true, structured_output: { schema } }

  test('an answer that does not fit its schema is mended by the model, twice at most', async () => {
    const before = server.calls.length
    server.setScript((_call, index) => ({
      text: index < before + 2 ? '{"wrong": 1}' : '```json\n{"label": "spam",}\n```',
    }))
    const { outcome, streamed } = await run(structured)
    expect(outputs(outcome)).toMatchObject({ structured_output: { label: 'spam' } })
    expect(streamed).toBe(outputs(outcome)['text'])
    expect(outcome.modelCalls).toHaveLength(3)
    expect(new Set(server.calls.slice(before).map(({ callId }) => callId)).size).toBe(3)
    expect(JSON.stringify(lastMessages())).toContain("must have required property 'label'")
    server.setScript({ text: 'I would rather not.' })
    const refused = await run(structured)
    expect(refused.outcome).toMatchObject({
      ok: false,
      errorType: 'model-output-invalid',
      error: expect.stringContaining('holds no JSON object') as string,
    })
    expect(refused.outcome.modelCalls).toHaveLength(3)
    expect(refused.streamed).toBe('')
  })

  test('failures of the model keep their kind and say whether they pass', async () => {
    const cases: [ModelScript, Record<string, unknown>][] = [
      [
        { status: 429, headers: { 'retry-after': '7' } },
        { errorType: 'InvokeRateLimitError', transient: true, retryAfter: 7 },
      ],
      [
        { status: 500, error: 'upstream exploded' },
        {
          errorType: 'InvokeServerUnavailableError',
          transient: true,
          error: 'The model answered with status 500: upstream exploded',
        },
      ],
      [{ status: 401 }, { errorType: 'InvokeAuthorizationError' }],
      [{ status: 400 }, { errorType: 'InvokeBadRequestError' }],
      [
        { text: 'half', cut: 'finish' },
        { errorType: 'InvokeConnectionError', transient: true },
      ],
    ]
    for (const [script, expected] of cases) {
      server.setScript(script)
      const { outcome } = await run({ prompt_template: user('x') })
      expect(outcome).toMatchObject({ ok: false, ...expected, modelCalls: [{ status: 'failed' }] })
      expect('transient' in outcome).toBe('transient' in expected)
    }
    const unknown = await run({ model: { ...base.model, name: 'nobody' }, prompt_template: user('x') })
    expect(unknown.outcome).toMatchObject({ ok: false, errorType: 'ModelNotExistError' })
  })

  test('a repeated call has the same id', async () => {
    const from = server.calls.length
    for (const q of ['a', 'a', 'b']) await run({ prompt_template: user('{{#start.q#}}') }, { 'start.q': q })
    const ids = server.calls.slice(from).map(({ callId }) => callId)
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false])
  })
})
