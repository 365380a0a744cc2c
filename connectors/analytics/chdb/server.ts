import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { messageOf } from '../../../engine/error.ts'
import { readStatement, type Statement } from './statement.ts'

/** The part of ClickHouse’s HTTP interface that the stock client uses: one statement a request, plain bodies. */
export function clickhouseServer(run: (statement: Statement, body: Buffer) => Promise<Uint8Array>): Server {
  const server = createServer((request, response) => {
    answer(request, run).then(
      bytes => response.writeHead(200, { 'content-length': bytes.length }).end(bytes),
      (error: unknown) => refuse(response, error),
    )
  })
  // The owner alone connects and keeps its connections; closing idle ones would only race with its next request.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  server.headersTimeout = 0
  return server
}

async function answer(
  request: IncomingMessage,
  run: (statement: Statement, body: Buffer) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  // Without an encoding the chunks are buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return run(readStatement(new URL(request.url ?? '/', 'http://chdb'), body), body)
}

function refuse(response: ServerResponse, error: unknown): void {
  const message = messageOf(error)
  const code = /Code: (\d+)/.exec(message)?.[1]
  response.writeHead(500, code === undefined ? {} : { 'x-clickhouse-exception-code': code }).end(message)
}
