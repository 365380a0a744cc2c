import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { codeOf } from '../../engine/error.ts'
import type { Http, HttpRequest, HttpResponse } from '../../engine/ports/http.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { agents, type AgentOptions, type Agents } from './agents.ts'
import { readAll } from './body.ts'
import { systemResolve } from './dial.ts'
import { exchange, type Exchange } from './exchange.ts'
import { failureOf } from './failure.ts'
import { readAllowList } from './target.ts'

export interface GuardedOptions {
  /** Addresses the operator opens, `host:port` exactly as requests write them. */
  readonly allow?: readonly string[]
  readonly telemetry?: Telemetry
  /** Bounds of requests made through `fetch`, milliseconds and bytes. */
  readonly fetchLimits?: {
    readonly connectMs: number
    readonly readMs: number
    readonly totalMs: number
    readonly maxBytes: number
  }
  /** Name resolution and dialling, replaced by tests. */
  readonly resolve?: AgentOptions['resolve']
  readonly dial?: AgentOptions['dial']
}

/** Long enough for a model that thinks, short enough that a dead one is noticed. */
const defaultFetchLimits = { connectMs: 10_000, readMs: 120_000, totalMs: 900_000, maxBytes: 32 * 1_048_576 }

interface Guard {
  readonly allow: ReadonlySet<string>
  readonly agents: Agents
  readonly telemetry: Telemetry | undefined
}

/** The egress guard: see the port for its rules. Environment variables for proxies are not looked at. */
export function guardedHttp(options: GuardedOptions = {}): Http {
  const allow = readAllowList(options.allow ?? [])
  const pools = agents({
    allow,
    resolve: options.resolve ?? systemResolve,
    ...(options.dial === undefined ? {} : { dial: options.dial }),
  })
  const guard: Guard = { allow, agents: pools, telemetry: options.telemetry }
  return {
    engine: 'guarded',
    shared: true,
    check: () => Promise.resolve(),
    close: () => pools.close(),
    request: request => open(guard, request, finish),
    fetch: workspace => guardedFetch(guard, workspace, options.fetchLimits ?? defaultFetchLimits),
  }
}

async function finish(answer: Exchange): Promise<HttpResponse> {
  return { status: answer.status, url: answer.url.href, headers: answer.headers, body: await readAll(answer.body) }
}

/** Makes the exchange under its time limits and words its failures; `use` may read the body or hand it on. */
async function open<Result>(
  guard: Guard,
  request: HttpRequest,
  use: (answer: Exchange, failure: (error: unknown) => Error) => Result | Promise<Result>,
): Promise<Result> {
  const total = new AbortController()
  const timer = setTimeout(() => total.abort(), request.timeout.totalMs)
  timer.unref()
  const signal = request.signal ? AbortSignal.any([total.signal, request.signal]) : total.signal
  let last = new URL('http://unknown')
  const failure = (error: unknown) => {
    const worded = failureOf(error, last, { total: total.signal, caller: request.signal })
    note(guard, request.workspace, worded)
    return worded
  }
  try {
    const dispatcher = guard.agents.get(request.timeout.connectMs, request.verifyTls ?? true)
    const answer = await exchange(request, { allow: guard.allow, dispatcher, signal, onHop: url => void (last = url) })
    answer.body.once('close', () => clearTimeout(timer))
    return await use(answer, failure)
  } catch (error) {
    clearTimeout(timer)
    throw failure(error)
  }
}

function note(guard: Guard, workspace: string, error: Error): void {
  const outcome = codeOf(error) ?? 'internal'
  guard.telemetry?.count('egress_failures', 1, { code: outcome })
  if (outcome === 'egress-denied') guard.telemetry?.log('warn', error.message, { workspace, code: outcome })
}

function guardedFetch(
  guard: Guard,
  workspace: string,
  limits: NonNullable<GuardedOptions['fetchLimits']>,
): typeof fetch {
  return async (input, init) => {
    const asked = new Request(input, init)
    const body = asked.body === null ? undefined : new Uint8Array(await asked.arrayBuffer())
    return open(
      guard,
      {
        workspace,
        method: asked.method,
        // What the caller wrote: Request has already smoothed over what the guard wants to see.
        url: typeof input === 'string' ? input : asked.url,
        headers: [...asked.headers.entries()],
        ...(body === undefined ? {} : { body }),
        timeout: limits,
        redirects: asked.redirect === 'follow' ? 5 : 0,
        maxBytes: limits.maxBytes,
        signal: asked.signal,
      },
      toResponse,
    )
  }
}

function toResponse(answer: Exchange, failure: (error: unknown) => Error): Response {
  const headers = new Headers()
  // The body is already decompressed.
  for (const [name, value] of answer.headers)
    if (!['content-encoding', 'content-length'].includes(name)) headers.append(name, value)
  const empty = [204, 205, 304].includes(answer.status)
  if (empty) answer.body.destroy()
  const response = new Response(empty ? null : wordFailures(answer.body, failure), { status: answer.status, headers })
  Object.defineProperty(response, 'url', { value: answer.url.href })
  return response
}

/** A body that breaks off says why in the words of the port. */
function wordFailures(body: Readable, failure: (error: unknown) => Error): ReadableStream<Uint8Array> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) yield chunk as Uint8Array // byte streams give bytes
    } catch (error) {
      throw failure(error)
    }
  }
  const stream: NodeStream = Readable.toWeb(Readable.from(chunks(), { objectMode: false }))
  return stream as ReadableStream<Uint8Array> // the same class under two names in the types of Node
}
