import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Loopback {
  readonly url: string
  readonly port: number
  /** `host:port` as an allow-list entry. */
  readonly allow: string
  /** Requests so far, with their headers. */
  readonly requests: IncomingMessage[]
  close(): Promise<void>
}

/** An HTTP server on a free port of 127.0.0.1 that remembers who called. */
export async function loopback(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Loopback> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    void listener(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    allow: `127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // request streams give buffers
  return Buffer.concat(chunks).toString('utf8')
}
