import { bodyOf, loopback, type Loopback } from './loopback.ts'

const png = Buffer.from(
  '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082',
  'hex',
)

/** Headers that differ by client and machine. */
const passing = new Set(['user-agent', 'host', 'accept-encoding', 'connection', 'accept', 'traceparent'])

/** The HTTP server that the recorded workflows call: echo, status, slow, flaky, text, csv, png, attachment, big. */
export async function startEchoServer(): Promise<Loopback> {
  const tries = new Map<string, number>()
  return loopback(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://echo')
    const [, place = '', argument = ''] = url.pathname.split('/')
    const answer = (
      status: number,
      type: string,
      body: string | Buffer,
      headers: Record<string, string> = {},
    ): void => {
      response.sendDate = false
      response.writeHead(status, {
        'content-type': type,
        'content-length': String(Buffer.byteLength(body)),
        connection: 'close',
        ...headers,
      })
      response.end(request.method === 'HEAD' ? '' : body)
    }
    const json = (status: number, value: unknown): void => answer(status, 'application/json', JSON.stringify(value))
    switch (place) {
      case 'echo': {
        const headers: Record<string, unknown> = { ...request.headers }
        let body = await bodyOf(request)
        const boundary = /boundary=(.*)$/.exec(request.headers['content-type'] ?? '')?.[1]
        if (boundary !== undefined) {
          headers['content-type'] = 'multipart/form-data; boundary=B'
          delete headers['content-length']
          body = body.replaceAll(boundary, 'B')
        }
        const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !passing.has(name)))
        json(200, { method: request.method, path: url.pathname, query: [...url.searchParams], headers: kept, body })
        return
      }
      case 'status':
        json(Number(argument), { status: Number(argument) })
        return
      case 'slow':
        setTimeout(() => json(200, { slow: argument }), Number(argument) * 1_000)
        return
      case 'flaky': {
        const attempt = (tries.get(url.pathname) ?? 0) + 1
        tries.set(url.pathname, attempt)
        json(attempt > Number(argument) ? 200 : 503, { attempt })
        return
      }
      case 'text':
        answer(200, 'text/plain; charset=utf-8', 'plain text 你好')
        return
      case 'csv':
        answer(200, 'text/csv', 'a,b\n1,2\n')
        return
      case 'png':
        answer(200, 'image/png', png)
        return
      case 'attach':
        answer(200, 'text/plain', 'hello attach', { 'content-disposition': 'attachment; filename="note.txt"' })
        return
      case 'big':
        answer(200, 'text/plain', 'x'.repeat(1_048_586))
        return
      case 'gbk':
        answer(200, 'text/plain', Buffer.from('c4e3bac3', 'hex'))
        return
      case 'busy':
        answer(429, 'text/plain', 'later', { 'retry-after': '7' })
        return
      case 'redirect':
        answer(302, 'text/plain', '', { location: '/text' })
        return
      default:
        json(404, { error: 'not found', path: url.pathname })
    }
  })
}
