import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusedRange } from '../../connectors/http/address.ts'
import { guardedHttp } from '../../connectors/http/index.ts'
import { readAllowList } from '../../connectors/http/target.ts'
import { codeOf, messageOf } from '../../engine/error.ts'
import type { Http, HttpRequest } from '../../engine/ports/http.ts'
import { loopback, type Loopback } from '../support/loopback.ts'

const timeout = { connectMs: 1_000, readMs: 1_000, totalMs: 2_000 }

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { workspace: 'w', method: 'GET', url, timeout, redirects: 10, maxBytes: 10_000_000, ...more }
}

async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'reached',
    (error: unknown) => codeOf(error) ?? messageOf(error),
  )
}

describe('egress guard', () => {
  let canary: Loopback
  let open: Loopback
  let http: Http

  beforeAll(async () => {
    canary = await loopback((_request, response) => response.end('canary'))
    open = await loopback((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x')
      const to = url.searchParams.get('to')
      if (to !== null) response.writeHead(Number(url.searchParams.get('status') ?? 302), { location: to })
      response.end()
    })
    http = guardedHttp({ allow: [open.allow] })
  })

  afterAll(async () => {
    expect(canary.requests).toHaveLength(0)
    await http.close()
    await Promise.all([canary.close(), open.close()])
  })

  const notPublic = (port: number): string[] => [
    `http://127.0.0.1:${port}/`,
    `http://0.0.0.0:${port}/`,
    `http://[::1]:${port}/`,
    `http://[::]:${port}/`,
    `http://[::ffff:127.0.0.1]:${port}/`,
    `http://[::ffff:7f00:1]:${port}/`,
    `http://[::127.0.0.1]:${port}/`,
    `http://[64:ff9b::127.0.0.1]:${port}/`,
    `http://[2002:7f00:1::]:${port}/`,
    `http://2130706433:${port}/`,
    `http://0x7f.1:${port}/`,
    `http://0x7f000001:${port}/`,
    `http://017700000001:${port}/`,
    `http://127.1:${port}/`,
    `http://127.0.0.1.:${port}/`,
    `http://localhost:${port}/`,
    `http://localhost.:${port}/`,
    `http://LOCALHOST:${port}/`,
    `http://127。0。0。1:${port}/`,
    `http://127．0．0．1:${port}/`,
    `http://①②⑦.⓪.⓪.①:${port}/`,
    `http://%6c%6f%63%61%6c%68%6f%73%74:${port}/`,
    'http://169.254.169.254/latest/meta-data/',
    'http://168.63.129.16/',
    'http://100.100.100.200/',
    'http://[fd00:ec2::254]/',
    `http://[fd00::1]:${port}/`,
    `http://[fe80::1]:${port}/`,
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://198.18.0.1/',
    'http://192.0.2.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://240.0.0.1/',
  ]

  const odd = (port: number): string[] => [
    `unix:/var/run/docker.sock`,
    'file:///etc/passwd',
    `gopher://127.0.0.1:${port}/_GET`,
    `dict://127.0.0.1:${port}/`,
    'data:text/plain,hello',
    `ftp://127.0.0.1:${port}/`,
    `jar:http://127.0.0.1:${port}/!/`,
    `ws://127.0.0.1:${port}/`,
    `javascript:fetch(1)`,
    `http://example.com@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}#@example.com/`,
    `http://example.com\\@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}\\@example.com/`,
    `http:\\\\127.0.0.1:${port}/`,
    `http:///127.0.0.1:${port}/`,
    `http:127.0.0.1:${port}/`,
    `http://127.0.0.1\t:${port}/`,
    `ht\ntp://127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}/\r\nX-Evil: 1`,
    'http://example.com:0/',
    'http://example.com:25/',
    'http://example.com:6379/',
    'http://example.com:99999/',
    'http://',
    '',
    '//127.0.0.1/',
  ]

  test('refuses every spelling of an address that is not public, with host and rule in the message (C1)', async () => {
    for (const url of notPublic(canary.port)) {
      const error: unknown = await http.request(get(url)).catch((thrown: unknown) => thrown)
      expect([url, codeOf(error)]).toEqual([url, 'egress-denied'])
      expect(messageOf(error)).toMatch(/^The request to \S+ was refused: .*(address range|this machine)/)
      expect([url, await outcome(http.fetch('w')(url))]).toEqual([url, 'egress-denied'])
    }
  })

  test('refuses other schemes and addresses that readers understand differently (C1, C5)', async () => {
    for (const url of odd(canary.port))
      expect([url, await outcome(http.request(get(url)))]).toEqual([url, 'egress-denied'])
  })

  test('checks every hop of a redirect, whatever its status and number (C2)', async () => {
    const through = (to: string, status = 302) => `${open.url}/?status=${status}&to=${encodeURIComponent(to)}`
    for (const to of [...notPublic(canary.port), ...odd(canary.port).filter(url => url !== '')]) {
      // Node refuses to send control characters in a header, and an address without scheme is one of the open server.
      if (/[^\u0020-\u00ff]/.test(to)) continue
      expect([to, await outcome(http.request(get(through(to))))]).toEqual([to, 'egress-denied'])
    }
    const posted = get(through(canary.url, 307), { method: 'POST', body: 'secret' })
    expect(await outcome(http.request(posted))).toBe('egress-denied')
    expect(await outcome(http.request(get(through(through(through(canary.url))))))).toBe('egress-denied')
    expect(await outcome(http.fetch('w')(through(canary.url)))).toBe('egress-denied')
  })

  test('connects to the address it judged, whatever the name server says next (C3)', async () => {
    const dialled: string[] = []
    let asked = 0
    const rebinding = guardedHttp({
      resolve: () => Promise.resolve((asked += 1) === 1 ? ['93.184.216.34'] : ['127.0.0.1']),
      dial: (target, done) => {
        dialled.push(target.hostname)
        const socket = connect(open.port, '127.0.0.1')
        socket.once('connect', () => done(null, socket))
      },
    })
    const first = await outcome(
      rebinding.request(get('http://rebind.example/', { headers: [['connection', 'close']] })),
    )
    expect([first, dialled, asked]).toEqual(['reached', ['93.184.216.34'], 1])
    await rebinding.close()
    const cases = { inside: ['127.0.0.1'], 'only-six': ['::1'], mixed: ['93.184.216.34', '10.0.0.1'], none: [] }
    for (const [name, addresses] of Object.entries(cases)) {
      const never = guardedHttp({
        resolve: () => Promise.resolve(addresses),
        dial: () => expect.unreachable('dialled'),
      })
      expect([name, await outcome(never.request(get(`http://${name}.example/`)))]).toEqual([name, 'egress-denied'])
      await never.close()
    }
  })

  test('refuses smuggled headers, foreign hosts and strange methods; ignores proxy settings (C6)', async () => {
    const bad: HttpRequest['headers'][] = [
      [['x-a', 'v\r\nx-evil: 1']],
      [['x-a', 'v\nx-evil: 1']],
      [['x-a\r\nx-evil', 'v']],
      [['x a', 'v']],
      [['', 'v']],
      [['x-a', 'nul\u0000']],
      [['Host', 'internal.example']],
    ]
    const before = open.requests.length
    for (const headers of bad) {
      const work = http.request(get(open.url, headers === undefined ? {} : { headers }))
      expect([headers, await outcome(work)]).toEqual([headers, 'invalid-request'])
    }
    for (const method of ['CONNECT', 'TRACE', 'GET / HTTP/1.1\r\nx: y', '']) {
      expect(await outcome(http.request(get(open.url, { method })))).toBe('invalid-request')
    }
    expect(open.requests).toHaveLength(before)
    process.env['http_proxy'] = canary.url
    process.env['HTTP_PROXY'] = canary.url
    expect(await outcome(http.request(get(`${open.url}/`)))).toBe('reached')
    delete process.env['http_proxy']
    delete process.env['HTTP_PROXY']
  })

  test('drops headers that describe the connection instead of letting two requests be read from one (C6)', async () => {
    const headers = [
      ['transfer-encoding', 'chunked'],
      ['content-length', '0'],
      ['connection', 'upgrade'],
    ] as const
    await http.request(get(`${open.url}/plain`, { method: 'POST', body: 'GET /evil HTTP/1.1', headers }))
    expect(open.requests.at(-1)?.headers).toMatchObject({ 'content-length': '18' })
    expect(open.requests.at(-1)?.headers).not.toHaveProperty('transfer-encoding')
  })

  test('stops bombs in size, folds and time (C8)', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(20_000_000)))
    const server = await loopback((request, response) => {
      if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(bomb)
      if (request.url === '/layers') response.writeHead(200, { 'content-encoding': 'gzip, gzip, gzip' }).end(bomb)
      if (request.url === '/endless') {
        response.writeHead(200)
        const write = (): void => {
          while (!response.destroyed && response.write('z'.repeat(65_536)));
          if (!response.destroyed) response.once('drain', write)
        }
        write()
      }
      if (request.url === '/drip') {
        response.writeHead(200)
        const timer = setInterval(() => response.write('.'), 50)
        response.on('close', () => clearInterval(timer))
      }
    })
    const client = guardedHttp({ allow: [server.allow] })
    expect(await outcome(client.request(get(`${server.url}/bomb`)))).toBe('limit-exceeded')
    expect(await outcome(client.request(get(`${server.url}/layers`)))).toBe('request-failed')
    expect(await outcome(client.request(get(`${server.url}/endless`)))).toBe('limit-exceeded')
    const start = performance.now()
    expect(await outcome(client.request(get(`${server.url}/drip`)))).toBe('request-failed')
    expect(performance.now() - start).toBeLessThan(4_000)
    await client.close()
    await server.close()
  })

  test('the allow list opens exactly what it names', async () => {
    expect(await outcome(http.request(get(open.url)))).toBe('reached')
    expect(await outcome(http.request(get(open.url.replace('127.0.0.1', 'localhost'))))).toBe('egress-denied')
    expect([...readAllowList(['Internal.Example:8080', '[::1]:9'])]).toEqual(['internal.example:8080', '::1:9'])
    for (const entry of ['127.0.0.1', 'http://a:1', 'a b:1', '*', ':80', 'a:port']) {
      expect(() => readAllowList([entry])).toThrow(/host:port/)
    }
  })

  test('judges public addresses as public', () => {
    expect(['93.184.216.34', '8.8.8.8', '2606:4700::1111', '64:ff9b::808:808'].map(refusedRange)).toEqual(
      Array(4).fill(undefined),
    )
    const refused = [
      '2001:db8::1',
      '2001::1',
      'fec0::1',
      'ff02::1',
      '64:ff9b:1::1',
      '192.88.99.1',
      '0.1.2.3',
      'nonsense',
      '100::1',
    ]
    for (const address of refused) expect([address, refusedRange(address)]).not.toEqual([address, undefined])
  })
})
