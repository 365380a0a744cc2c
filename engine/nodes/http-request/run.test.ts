import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guardedHttp } from '../../../connectors/http/index.ts'
import { startEchoServer } from '../../../test/support/echo-server.ts'
import { goldenNode, goldenRun, haveGolden } from '../../../test/support/golden.ts'
import type { Loopback } from '../../../test/support/loopback.ts'
import { nodeCall } from '../../../test/support/node-call.ts'
import type { Http } from '../../ports/http.ts'
import { fromJs, toJs } from '../../values/codec.ts'
import type { Value } from '../../values/value.ts'
import type { NodeOutcome } from '../node.ts'
import { httpRequest } from './run.ts'

describe('http-request node', () => {
  let server: Loopback
  let http: Http

  beforeAll(async () => {
    server = await startEchoServer()
    http = guardedHttp({ allow: [server.allow] })
  })
  afterAll(async () => {
    await http.close()
    await server.close()
  })

  async function run(data: Record<string, unknown>, variables: Record<string, Value> = {}): Promise<NodeOutcome> {
    const url = String(data['url']).replace('127.0.0.1:22050', server.allow)
    return httpRequest.run(
      nodeCall(httpRequest, { type: 'http-request', method: 'get', ...data, url }, { variables, services: { http } }),
    )
  }

  const plain = (outcome: NodeOutcome): Record<string, unknown> =>
    toJs(outcome.outputs ?? {}) as Record<string, unknown> // outputs are an object
  const echoed = (outcome: NodeOutcome): unknown => JSON.parse(String(plain(outcome)['body']))

  const cases = [
    'basic',
    'csv',
    'form',
    'get_ascii',
    'json',
    'raw',
    'text',
    'urlencoded',
    'get',
    'badurl',
    'big',
    'timeout',
  ]

  test.skipIf(!haveGolden).each(cases)('gives what the recorded server gave: %s', async name => {
    const runs = name === 'json' ? ['run0', 'run1'] : ['run0']
    for (const recorded of runs) {
      const golden = goldenRun(`g10_http_${name}`, `${recorded}.blocking`)
      const variables = Object.fromEntries(
        Object.entries(golden.inputs).map(([key, value]) => [`start.${key}`, fromJs(value)]),
      )
      const outcome = await run(goldenNode(`g10_http_${name}`, 'http-request'), variables)
      if (golden.status === 'failed') {
        expect(outcome).toMatchObject({ ok: false, error: golden.error })
        continue
      }
      expect(outcome).toMatchObject({ ok: true })
      const { status_code: status, body, headers, files } = plain(outcome)
      expect({ status, files, type: (headers as Record<string, string>)['content-type'] }).toEqual({
        status: golden.outputs['status'],
        files: [],
        type: (golden.outputs['headers'] as Record<string, string>)['content-type'],
      })
      expect(comparable(body)).toEqual(comparable(golden.outputs['body']))
      const trace = goldenRun(`g10_http_${name}`, `${recorded}.streaming`).nodes.find(
        node => node['node_type'] === 'http-request',
      )
      // The recorded traces show something else than what was sent: no parts of a form, parameters in another order.
      if (name === 'form' || name === 'get_ascii') continue
      expect(toJs(outcome.processData ?? {})).toEqual(
        JSON.parse(JSON.stringify(trace?.['process_data']).replaceAll('127.0.0.1:22050', server.allow)),
      )
    }
  })

  test('redirects, ways to give the limits, and old documents', async () => {
    expect(plain(await run({ url: `${server.url}/redirect` }))).toMatchObject({
      status_code: 200,
      body: 'plain text 你好',
    })
    const old = await run({
      url: `${server.url}/echo`,
      method: 'POST',
      body: { type: 'json', data: "{a: 'b', c: [1,2,],}" },
    })
    expect(echoed(old)).toMatchObject({ body: '{"a":"b","c":[1,2]}', method: 'POST' })
    const limited = await run({ url: `${server.url}/slow/5`, timeout: { max_read_timeout: 1 } })
    expect(limited).toMatchObject({ ok: false, error: 'timed out', errorType: 'HttpRequestNodeError', transient: true })
    expect(plain(await run({ url: `${server.url}/gbk` }))).toMatchObject({ body: '你好' })
    expect(plain(await run({ url: `${server.url}/text`, method: 'head' }))).toMatchObject({
      status_code: 200,
      body: '',
    })
  })

  test('headers and authorisation', async () => {
    const auth = (config: unknown) =>
      run({ url: `${server.url}/echo`, authorization: { type: 'api-key', config } }, { 'env.k': 'sé' })
    const bearer = await run(
      {
        url: `${server.url}/echo`,
        headers: 'Authorization: mine',
        authorization: { type: 'api-key', config: { type: 'bearer', api_key: '{{#env.k#}}' } },
      },
      { 'env.k': 'secret' },
    )
    expect(echoed(bearer)).toMatchObject({ headers: { authorization: 'Bearer secret' } })
    expect(JSON.stringify(toJs(bearer.processData ?? {}))).not.toContain('secret')
    const custom = await auth({ type: 'custom', header: 'X-Mine', api_key: 'topsecret' })
    expect(echoed(custom)).toMatchObject({ headers: { 'x-mine': 'topsecret' } })
    expect(JSON.stringify(toJs(custom.processData ?? {}))).not.toContain('topsecret')
    expect(echoed(await auth({ type: 'basic', api_key: 'ZW5jb2RlZA==' }))).toMatchObject({
      headers: { authorization: 'Basic ZW5jb2RlZA==' },
    })
    expect(await auth({ type: 'bearer', api_key: '' })).toMatchObject({
      ok: false,
      errorType: 'AuthorizationConfigError',
    })
    expect(await auth(null)).toMatchObject({ ok: false, errorType: 'AuthorizationConfigError' })
  })

  test('no variable adds a header, a parameter or another host', async () => {
    const before = server.requests.length
    const split = await run(
      { url: `${server.url}/echo`, headers: 'X-A: {{#start.q#}}' },
      { 'start.q': 'v\r\nX-Evil: 1' },
    )
    expect(split).toMatchObject({ ok: false, error: 'The header "X-A" has a line break' })
    const host = await run({ url: `${server.url}/echo`, headers: 'Host: internal' })
    expect(host).toMatchObject({ ok: false, error: expect.stringContaining('another host') as string })
    const denied = await run({ url: '{{#start.q#}}/x' }, { 'start.q': 'http://169.254.169.254' })
    expect(denied).toMatchObject({ ok: false, error: expect.stringContaining('169.254.169.254') as string })
    expect(server.requests).toHaveLength(before)
    const params = await run(
      { url: `${server.url}/echo?own=1#part`, params: 'a: {{#start.q#}}' },
      { 'start.q': '1&b=2\nc:3' },
    )
    expect(echoed(params)).toMatchObject({
      query: [
        ['own', '1'],
        ['a', '1&b=2\nc:3'],
      ],
    })
  })

  test('a bad status is an answer unless somebody handles it', async () => {
    expect(await run({ url: `${server.url}/status/500` })).toMatchObject({
      ok: true,
      outputs: { status_code: 500n, body: '{"status":500}' },
    })
    const handled = {
      ok: false,
      error: 'Request failed with status code 500',
      errorType: 'HTTPResponseCodeError',
      outputs: { status_code: 500n },
    }
    expect(await run({ url: `${server.url}/status/500`, error_strategy: 'fail-branch' })).toMatchObject(handled)
    expect(await run({ url: `${server.url}/status/500`, retry_config: { retry_enabled: true } })).toMatchObject(handled)
    expect(await run({ url: `${server.url}/busy`, error_strategy: 'default-value' })).toMatchObject({
      transient: true,
      retryAfter: 7,
    })
  })

  test('files are refused in words, with what is known', async () => {
    for (const name of ['png', 'attach']) {
      const outcome = await run({ url: `${server.url}/${name}` })
      expect(outcome).toMatchObject({
        ok: false,
        error: expect.stringContaining('is a file') as string,
        outputs: { status_code: 200n, body: '' },
      })
    }
    const upload = await run({
      url: `${server.url}/echo`,
      method: 'post',
      body: { type: 'form-data', data: [{ key: 'f', type: 'file', file: ['start', 'f'] }] },
    })
    expect(upload).toMatchObject({ ok: false, error: 'Files cannot be sent by this version of RiskLoom' })
  })

  test('what cannot be sent fails in words and is repeated only where that is safe', async () => {
    expect(await run({ url: '' })).toMatchObject({ ok: false, errorType: 'InvalidURLError' })
    expect(await run({ url: 'http://' })).toMatchObject({ ok: false, errorType: 'InvalidURLError' })
    expect(await run({ url: `${server.url}/echo`, method: 'options' })).toMatchObject({
      ok: false,
      error: 'Invalid http method options',
    })
    const twice = { type: 'raw-text', data: [{ value: 'a' }, { value: 'b' }] }
    expect(await run({ url: `${server.url}/echo`, method: 'post', body: twice })).toMatchObject({
      ok: false,
      errorType: 'RequestBodyError',
    })
    const posted = await run({ url: `${server.url}/slow/5`, method: 'post', timeout: { read: 1 } })
    expect(posted).toMatchObject({ ok: false, error: 'timed out' })
    expect(posted).not.toHaveProperty('transient')
  })
})

/** Bodies of the echo server as objects, without what differs by machine. */
function comparable(body: unknown): unknown {
  const text = String(body)
  if (!text.startsWith('{')) return text
  const value = JSON.parse(text) as { headers?: Record<string, unknown> } // our echo
  delete value.headers?.['traceparent']
  return value
}
