import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpAdapters } from '../../connectors/http/index.ts'
import { codeOf, messageOf } from '../../engine/error.ts'
import type { Http, HttpRequest } from '../../engine/ports/http.ts'
import { bodyOf, loopback, type Loopback } from '../support/loopback.ts'

const timeout = { connectMs: 1_000, readMs: 2_000, totalMs: 5_000 }

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { workspace: 'w', method: 'GET', url, timeout, redirects: 3, maxBytes: 100_000, ...more }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

async function failure(
  work: Promise<unknown>,
): Promise<{ code: string | undefined; message: string; kind: unknown; transient: unknown }> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const fields = error as { details?: { kind?: unknown }; transient?: unknown } // whatever was thrown
  return { code: codeOf(error), message: messageOf(error), kind: fields?.details?.kind, transient: fields?.transient }
}

describe.each(Object.entries(httpAdapters))('http: %s', (_name, adapter) => {
  let server: Loopback
  let other: Loopback
  let http: Http

  beforeAll(async () => {
    other = await loopback((request, response) => response.end(JSON.stringify(request.headers)))
    server = await loopback(async (request, response) => {
      const url = new URL(request.url ?? '/', server.url)
      switch (url.pathname) {
        case '/echo':
          response.setHeader('x-many', ['a', 'b'])
          response.end(
            JSON.stringify({
              method: request.method,
              headers: request.headers,
              body: await bodyOf(request),
              query: url.search,
            }),
          )
          return
        case '/packed': {
          const pack = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[
            url.searchParams.get('as') as 'gzip'
          ] // set below
          response.setHeader('content-encoding', url.searchParams.get('as') ?? '')
          response.end(pack('x'.repeat(Number(url.searchParams.get('size')))))
          return
        }
        case '/to':
          response.writeHead(Number(url.searchParams.get('status') ?? 302), {
            location: url.searchParams.get('url') ?? '',
          })
          response.end('moved')
          return
        case '/slow-start':
          return
        case '/drip': {
          response.writeHead(200)
          const timer = setInterval(() => response.write('x'), 100)
          response.on('close', () => clearInterval(timer))
          return
        }
        case '/stall':
          response.writeHead(200)
          response.write('first')
          return
        case '/endless':
          response.writeHead(200)
          for (let n = 0; n < 300; n += 1) response.write('y'.repeat(1_000))
          return
        case '/cut':
          response.writeHead(200, { 'content-length': '100' })
          response.write('half', () => response.socket?.destroy())
          return
        case '/headers':
          for (let n = 0; n < 5_000; n += 1) response.setHeader(`x-${n}`, 'v'.repeat(50))
          response.end()
          return
        default:
          response.statusCode = 404
          response.end('nothing here')
      }
    })
    http = adapter({ allow: [server.allow, other.allow] })
  })

  afterAll(async () => {
    await http.close()
    await Promise.all([server.close(), other.close()])
  })

  test('sends method, headers and body; gives status, headers and body', async () => {
    const answer = await http.request(
      get(`${server.url}/echo?a=1`, {
        method: 'post',
        headers: [
          ['X-One', 'v'],
          ['X-One', 'w'],
        ],
        body: '你好',
      }),
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.filter(([name]) => name === 'x-many').map(([, value]) => value)).toEqual(['a', 'b'])
    const echoed = JSON.parse(text(answer.body)) as Record<string, unknown>
    expect(echoed).toMatchObject({ method: 'POST', body: '你好', query: '?a=1', headers: { 'x-one': 'v, w' } })
    expect((await http.request(get(`${server.url}/no`))).status).toBe(404)
  })

  test('unpacks gzip, br and deflate, and stops bombs by their unpacked size', async () => {
    for (const as of ['gzip', 'br', 'deflate']) {
      const small = await http.request(get(`${server.url}/packed?as=${as}&size=5000`))
      expect(small.body.byteLength).toBe(5_000)
      const bomb = await failure(http.request(get(`${server.url}/packed?as=${as}&size=50000000`)))
      expect(bomb.code).toBe('limit-exceeded')
    }
    expect((await failure(http.request(get(`${server.url}/endless`)))).code).toBe('limit-exceeded')
    expect((await failure(http.request(get(`${server.url}/headers`)))).code).toBe('request-failed')
  })

  test('ends at each time limit', async () => {
    const start = performance.now()
    const read = { connectMs: 1_000, readMs: 300, totalMs: 5_000 }
    const total = { connectMs: 1_000, readMs: 5_000, totalMs: 500 }
    const kinds = await Promise.all([
      failure(http.request(get(`${server.url}/slow-start`, { timeout: read }))),
      failure(http.request(get(`${server.url}/stall`, { timeout: read }))),
      failure(http.request(get(`${server.url}/drip`, { timeout: total }))),
    ])
    expect(kinds.map(({ code, kind, transient }) => [code, kind, transient])).toEqual([
      ['request-failed', 'timeout', true],
      ['request-failed', 'timeout', true],
      ['request-failed', 'timeout', true],
    ])
    expect(performance.now() - start).toBeLessThan(4_000)
  })

  test('tells refused, broken and stopped requests apart', async () => {
    const gone = await loopback((_request, response) => response.end())
    await gone.close()
    const open = adapter({ allow: [gone.allow] })
    expect(await failure(open.request(get(gone.url)))).toMatchObject({
      code: 'request-failed',
      kind: 'refused',
      transient: true,
    })
    await open.close()
    expect(await failure(http.request(get(`${server.url}/cut`)))).toMatchObject({
      code: 'request-failed',
      kind: 'broken',
      transient: true,
    })
    const stop = new AbortController()
    const stopped = failure(http.request(get(`${server.url}/stall`, { signal: stop.signal })))
    setTimeout(() => stop.abort(), 100)
    expect(await stopped).toMatchObject({ code: 'request-failed', kind: 'aborted', transient: false })
  })

  test('follows redirects as the fetch standard does, up to the given number', async () => {
    const to = (path: string, status: number) => `${server.url}/to?status=${status}&url=${encodeURIComponent(path)}`
    const posted = { method: 'POST', body: 'b', headers: [['content-type', 'text/plain']] as const }
    const seeOther = JSON.parse(text((await http.request(get(to('/echo', 303), posted))).body)) as Record<
      string,
      unknown
    >
    expect(seeOther).toMatchObject({ method: 'GET', body: '' })
    const kept = JSON.parse(text((await http.request(get(to('/echo', 307), posted))).body)) as Record<string, unknown>
    expect(kept).toMatchObject({ method: 'POST', body: 'b' })
    expect((await http.request(get(to('/echo', 302), { redirects: 0 }))).status).toBe(302)
    const round = `${server.url}/to?url=${encodeURIComponent('/to?url=%2Fto%3Furl%3D%252Fto')}`
    expect((await failure(http.request(get(round, { redirects: 1 })))).message).toContain('more than 1 times')
  })

  test('keeps credentials on the same origin and drops them on another', async () => {
    const secret = [
      ['Authorization', 'Bearer s'],
      ['Cookie', 'c=1'],
      ['X-Api-Key', 'k'],
      ['Accept', 'text/plain'],
    ] as const
    const same = await http.request(get(`${server.url}/to?url=/echo`, { headers: secret }))
    expect(text(same.body)).toContain('Bearer s')
    const cross = await http.request(get(`${server.url}/to?url=${encodeURIComponent(other.url)}/`, { headers: secret }))
    const seen = JSON.parse(text(cross.body)) as Record<string, unknown>
    expect(seen).toMatchObject({ accept: 'text/plain', host: other.allow })
    expect(seen).not.toHaveProperty('authorization')
    expect(seen).not.toHaveProperty('cookie')
    expect(seen).not.toHaveProperty('x-api-key')
  })

  test('the fetch has the same guard and streams', async () => {
    const guarded = http.fetch('w')
    const answer = await guarded(`${server.url}/echo`, {
      method: 'POST',
      body: '{"a":1}',
      headers: { authorization: 'Bearer t' },
    })
    expect(await answer.json()).toMatchObject({ body: '{"a":1}', headers: { authorization: 'Bearer t' } })
    const drip = await guarded(`${server.url}/drip`)
    const reader = drip.body?.getReader()
    expect(text((await reader?.read())?.value ?? new Uint8Array())).toBe('x')
    await reader?.cancel()
    expect((await failure(guarded('http://127.0.0.1:9/'))).code).toBe('egress-denied')
    expect(await guarded(`${server.url}/packed?as=gzip&size=10`).then(a => a.text())).toBe('x'.repeat(10))
    const cut = await guarded(`${server.url}/cut`)
    expect((await failure(cut.text())).message).not.toBe('')
  })
})
