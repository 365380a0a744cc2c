import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { numbersDocument, wholeDocument } from '../support/api-documents.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'
import { startProduct, type Product } from '../support/product.ts'
import { until } from '../support/until.ts'

let folder: string
let model: ModelServer
let product: Product
let key: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riskloom-api-'))
  model = await startModelServer(call => (call.prompt.includes('SLOW') ? { text: 'late', delayMs: 1_500 } : undefined))
  await start()
  await product.cli(
    'models',
    'add',
    '--kind',
    'llm',
    '--name',
    'scripted',
    '--base-url',
    model.url,
    '--api-key',
    'sk-x',
  )
  key = await publish('whole', wholeDocument())
})
afterAll(async () => {
  await product.stop()
  await model.close()
  await rm(folder, { recursive: true, force: true })
})

describe('running a workflow', () => {
  it('answers with the outputs of every kind of node', async () => {
    const { status, body } = await run({
      inputs: { text: 'free money', count: 2 },
      response_mode: 'blocking',
      user: 'u1',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      task_id: expect.any(String),
      data: {
        status: 'succeeded',
        error: null,
        total_steps: 7,
        outputs: { said: 'ECHO[judge FREE MONEY 10]', label: 'spam', action: 'remove', double: 4 },
      },
    })
    expect(Object.keys((body as { data: object }).data)).toEqual([
      'id',
      'workflow_id',
      'status',
      'outputs',
      'error',
      'elapsed_time',
      'total_tokens',
      'total_steps',
      'created_at',
      'finished_at',
    ])
  })

  it('streams the same, with the text of the model while it comes', async () => {
    const { response, frames } = await stream({
      inputs: { text: 'free money', count: 2 },
      response_mode: 'streaming',
      user: 'u1',
      files: null,
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('x-version')).toMatch(/^\d+\./)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const names = frames.map(frame => frame.event)
    expect(names[0]).toBe('workflow_started')
    expect(names.at(-1)).toBe('workflow_finished')
    expect(names.filter(name => name === 'node_finished')).toHaveLength(7)
    const text = frames.filter(frame => frame.event === 'text_chunk').map(frame => frame.data['text'])
    expect(text.length).toBeGreaterThan(1)
    expect(text.join('')).toContain('ECHO[judge FREE MONEY 10]')
    expect(frames.at(-1)?.data).toMatchObject({
      status: 'succeeded',
      created_by: { user: 'u1' },
      outputs: { action: 'remove' },
    })
  })

  it('is blocking when nothing is said, and takes what the clients send beside', async () => {
    const { status, body } = await run({ inputs: { text: 'hello', count: 1 }, user: 'u1', files: null, trace_id: 't' })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { data: { outputs: { label: '', action: 'allow' } } },
    })
  })

  it('keeps 1 and 1.0 apart on the way in and out', async () => {
    const echo = await publish('numbers', numbersDocument())
    for (const number of ['1', '1.0', '9007199254740993', '0.1']) {
      const answer = await post('/v1/workflows/run', `{"inputs":{"n":${number}},"user":"u1"}`, echo)
      expect(answer.text).toContain(`"outputs":{"n":${number}}`)
      const id = (JSON.parse(answer.text) as { workflow_run_id: string }).workflow_run_id
      expect((await get(`/v1/workflows/run/${id}`, echo)).text).toContain(`"outputs":{"n":${number}}`)
    }
  })

  it('finishes a run whose client has left', async () => {
    const leaving = new AbortController()
    const response = await fetch(`${product.url}/v1/workflows/run`, {
      method: 'POST',
      headers: headers(key),
      body: JSON.stringify({ inputs: { text: 'SLOW', count: 1 }, response_mode: 'streaming', user: 'u1' }),
      signal: leaving.signal,
    })
    const reader = response.body?.getReader()
    let text = ''
    while (!text.includes('workflow_started')) text += new TextDecoder().decode((await reader?.read())?.value)
    const id = /"workflow_run_id":"([^"]+)"/.exec(text)?.[1] ?? ''
    leaving.abort()
    expect((await detail(id)).body).toMatchObject({ id, status: 'running', outputs: {}, finished_at: null })
    await until(async () =>
      expect((await detail(id)).body).toMatchObject({ status: 'succeeded', outputs: { said: 'late' } }),
    )
  })

  it('stops a run on demand', async () => {
    const streaming = stream(
      { inputs: { text: 'SLOW', count: 1 }, response_mode: 'streaming', user: 'u1' },
      async frames => {
        const task = frames[0]?.['task_id']
        const stopped = await post(`/v1/workflows/tasks/${String(task)}/stop`, '{"user":"u1"}')
        expect({ status: stopped.status, text: stopped.text }).toEqual({ status: 200, text: '{"result":"success"}' })
      },
    )
    const { frames } = await streaming
    expect(frames.at(-1)).toMatchObject({
      event: 'workflow_finished',
      data: { status: 'stopped', error: 'Aborted: User requested stop' },
    })
    const unknown = await post('/v1/workflows/tasks/00000000-0000-4000-8000-000000000000/stop', '{"user":"u1"}')
    expect(unknown.status).toBe(200)
    expect((await post('/v1/workflows/tasks/x/stop', '{}')).status).toBe(400)
  })

  it('runs a version by its id, and knows no other', async () => {
    const [version] = (await api('GET', '/api/apps/whole/versions')).body as { id: string }[]
    const body = JSON.stringify({ inputs: { text: 'hello', count: 1 }, user: 'u1' })
    const answer = await post(`/v1/workflows/${version?.id}/run`, body)
    expect(JSON.parse(answer.text)).toMatchObject({ data: { workflow_id: version?.id, status: 'succeeded' } })
    const missing = '00000000-0000-4000-8000-000000000000'
    expect(await refusal(`/v1/workflows/${missing}/run`, body)).toEqual({
      status: 404,
      body: { code: 'not_found', message: `Workflow not found with id: ${missing}`, status: 404 },
    })
  })
})

describe('refusals', () => {
  const body = { inputs: { text: 'x', count: 1 }, response_mode: 'blocking', user: 'u1' }

  it('of callers without a key say how to come in', async () => {
    const bare = await fetch(`${product.url}/v1/parameters`)
    expect(bare.headers.get('www-authenticate')).toBe('Bearer realm="api"')
    expect(bare.headers.get('x-env')).toBe('PRODUCTION')
    expect(await bare.json()).toEqual({
      code: 'unauthorized',
      message: "Authorization header must be provided and start with 'Bearer'",
      status: 401,
    })
    expect(await refusal('/v1/workflows/run', JSON.stringify(body), 'app-wrong')).toEqual({
      status: 401,
      body: { code: 'unauthorized', message: 'Access token is invalid', status: 401 },
    })
  })

  it.each([
    ['no user', { ...body, user: undefined }, 'invalid_param', /user/],
    ['an empty user', { ...body, user: '' }, 'invalid_param', /user/],
    ['a user that is no text', { ...body, user: 5 }, 'invalid_param', /user/],
    [
      'an unknown response mode',
      { ...body, response_mode: 'later' },
      'invalid_param',
      /response_mode.*blocking.*streaming/,
    ],
    ['no inputs', { ...body, inputs: undefined }, 'invalid_param', /inputs/],
    ['inputs that are a list', { ...body, inputs: [] }, 'invalid_param', /inputs/],
  ])('of %s name the field', async (_name, wrong, code, message) => {
    expect(await refusal('/v1/workflows/run', JSON.stringify(wrong))).toEqual({
      status: 400,
      body: { code, message: expect.stringMatching(message), status: 400 },
    })
  })

  it('of a body that is no JSON, or too large', async () => {
    expect(await refusal('/v1/workflows/run', '{"inputs":')).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    })
    expect(await refusal('/v1/workflows/run', '[]')).toMatchObject({ status: 400, body: { code: 'invalid_param' } })
    const large = JSON.stringify({ ...body, inputs: { text: 'x'.repeat(11 * 1024 * 1024) } })
    expect(await refusal('/v1/workflows/run', large)).toMatchObject({ status: 413, body: { code: 'file_too_large' } })
  })

  it('of apps that cannot run', async () => {
    const draft = await publish('draft', numbersDocument(), false)
    expect(await refusal('/v1/workflows/run', JSON.stringify(body), draft)).toEqual({
      status: 400,
      body: { code: 'invalid_param', message: 'Workflow not published', status: 400 },
    })
    expect(JSON.parse((await get('/v1/parameters', draft)).text)).toEqual({
      code: 'app_unavailable',
      message: 'App unavailable, please check your app configurations.',
      status: 400,
    })
    const chat = await publish('chat', numbersDocument().replace('"mode":"workflow"', '"mode":"advanced-chat"'), false)
    expect(await refusal('/v1/workflows/run', JSON.stringify(body), chat)).toEqual({
      status: 400,
      body: {
        code: 'not_workflow_app',
        message: 'Please check if your app mode matches the right API route.',
        status: 400,
      },
    })
  })

  it('of runs of others: by key of another app, and of no app at all', async () => {
    const own = (await run(body)).body as { workflow_run_id: string }
    const other = await publish('other', numbersDocument())
    const unknown = { status: 404, body: { code: 'not_found', message: 'Workflow run not found.', status: 404 } }
    for (const path of [own.workflow_run_id, '00000000-0000-4000-8000-000000000000', "x' OR 1=1 --"]) {
      const answer = await get(`/v1/workflows/run/${encodeURIComponent(path)}`, other)
      expect({ status: answer.status, body: JSON.parse(answer.text) }).toEqual(unknown)
    }
  })

  it('of a wrong document name node, field and what was expected', async () => {
    const wrong = numbersDocument().replace('"variables":[', '"variables":7,"old":[')
    const { status, body: answer } = await api('POST', '/api/apps/import', {
      document: wrong,
      appId: 'wrong',
      publish: true,
    })
    expect(status).toBe(200)
    const [item] = (answer as { checklist: object[] }).checklist
    expect(item).toMatchObject({
      nodeId: 'start',
      field: expect.stringContaining('variables'),
      expected: expect.any(String),
      severity: 'error',
    })
    const published = await api('POST', '/api/apps/wrong/publish', {})
    expect(published).toMatchObject({ status: 422, body: { code: 'invalid-document', details: { nodeId: 'start' } } })
    const noYaml = await api('POST', '/api/apps/import', { document: '{' })
    expect(noYaml).toMatchObject({ status: 422, body: { code: 'invalid-document' } })
  })

  it('of a page size beyond all bounds, and of an unknown parameter', async () => {
    for (const query of ['limit=1000000000', 'limit=-1', 'limit=x']) {
      expect(await api('GET', `/api/decisions?${query}`)).toMatchObject({
        status: 400,
        body: { details: { field: 'limit' } },
      })
    }
    expect(await api('GET', '/api/decisions?sort=secret')).toMatchObject({
      status: 400,
      body: { details: { field: 'sort' } },
    })
  })
})

describe('what clients ask first', () => {
  it('is told name and mode of the app', async () => {
    expect(JSON.parse((await get('/v1/info')).text)).toEqual({
      name: 'whole',
      description: '',
      tags: [],
      mode: 'workflow',
      author_name: expect.any(String),
    })
  })

  it('is told the form', async () => {
    const parameters = JSON.parse((await get('/v1/parameters')).text) as Record<string, unknown>
    expect(Object.keys(parameters).sort()).toEqual([
      'annotation_reply',
      'file_upload',
      'more_like_this',
      'opening_statement',
      'retriever_resource',
      'sensitive_word_avoidance',
      'speech_to_text',
      'suggested_questions',
      'suggested_questions_after_answer',
      'system_parameters',
      'text_to_speech',
      'user_input_form',
    ])
    expect(parameters['user_input_form']).toEqual([
      { paragraph: { variable: 'text', label: 'text', type: 'paragraph', required: false } },
      { number: { variable: 'count', label: 'count', type: 'number', required: true } },
    ])
  })
})

describe('after a restart', () => {
  it('an ended run is still told as it was, numbers included', async () => {
    const echo = await publish('later', numbersDocument())
    const answer = await post('/v1/workflows/run', '{"inputs":{"n":1.0},"user":"u1"}', echo)
    const id = (JSON.parse(answer.text) as { workflow_run_id: string }).workflow_run_id
    const before = (await get(`/v1/workflows/run/${id}`, echo)).text
    await product.stop()
    await start()
    expect((await get(`/v1/workflows/run/${id}`, echo)).text).toBe(before)
    expect(before).toContain('"outputs":{"n":1.0}')
  })
})

async function start(): Promise<void> {
  product = await startProduct({
    dataFolder: join(folder, 'data'),
    environment: { RISKLOOM_EGRESS_ALLOW: model.allow },
  })
}

interface Frame {
  readonly event: string
  readonly task_id: string
  readonly data: Readonly<Record<string, unknown>>
}

function headers(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
}

async function post(path: string, body: string, token = key): Promise<{ status: number; text: string }> {
  const answer = await fetch(product.url + path, { method: 'POST', headers: headers(token), body })
  return { status: answer.status, text: await answer.text() }
}

async function get(path: string, token = key): Promise<{ status: number; text: string }> {
  const answer = await fetch(product.url + path, { headers: headers(token) })
  return { status: answer.status, text: await answer.text() }
}

async function refusal(path: string, body: string, token = key): Promise<{ status: number; body: unknown }> {
  const answer = await post(path, body, token)
  return { status: answer.status, body: JSON.parse(answer.text) }
}

function run(body: object): Promise<{ status: number; body: unknown }> {
  return refusal('/v1/workflows/run', JSON.stringify(body))
}

async function detail(id: string): Promise<{ body: unknown }> {
  return { body: JSON.parse((await get(`/v1/workflows/run/${id}`)).text) }
}

/** All frames of a stream; `onStart` is called with the first ones while it goes on. */
async function stream(
  body: object,
  onStart?: (frames: Frame[]) => Promise<void>,
): Promise<{ response: Response; frames: Frame[] }> {
  const response = await fetch(`${product.url}/v1/workflows/run`, {
    method: 'POST',
    headers: headers(key),
    body: JSON.stringify(body),
  })
  const decoder = new TextDecoder()
  let text = ''
  let told = false
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (told || !text.includes('workflow_started')) continue
    told = true
    await onStart?.(framesOf(text))
  }
  expect(text.startsWith('event: ping\n\n')).toBe(true)
  return { response, frames: framesOf(text) }
}

function framesOf(text: string): Frame[] {
  const blocks = text.split('\n\n').slice(0, -1)
  return blocks.flatMap(block => (block.startsWith('data: ') ? [JSON.parse(block.slice(6)) as Frame] : []))
}

let workspaceKey = ''
async function api(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  workspaceKey ||= ((await product.cli('keys', 'create')).answer as { key: string }).key
  const answer = await fetch(product.url + path, {
    method,
    headers: body === undefined ? { authorization: `Bearer ${workspaceKey}` } : headers(workspaceKey),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

/** Imports a document under an id and makes a key for it. */
async function publish(id: string, document: string, publishing = true): Promise<string> {
  const path = join(folder, `${id}.yml`)
  await writeFile(path, document.replace('"name":"test"', `"name":"${id}"`))
  const imported = await product.cli('apps', 'import', path, ...(publishing ? ['--publish'] : []))
  expect(imported).toMatchObject({ code: 0, answer: { appId: id, published: publishing } })
  return ((await product.cli('keys', 'create', '--app', id)).answer as { key: string }).key
}
