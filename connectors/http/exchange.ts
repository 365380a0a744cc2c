import type { Readable } from 'node:stream'
import { request as send, type Dispatcher } from 'undici'
import { RiskloomError } from '../../engine/error.ts'
import type { HttpRequest } from '../../engine/ports/http.ts'
import { limitedBody } from './body.ts'
import { checkHeaders, fromRecord, toRecord, withoutCredentials, type HeaderList } from './headers.ts'
import { checkTarget } from './target.ts'

/** An answer whose body has not been read yet. */
export interface Exchange {
  readonly status: number
  readonly url: URL
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Readable
}

interface Hop {
  readonly url: string
  readonly method: string
  readonly headers: HeaderList
  readonly body: HttpRequest['body']
}

export interface ExchangeContext {
  readonly allow: ReadonlySet<string>
  readonly dispatcher: Dispatcher
  readonly signal: AbortSignal
  /** Told of each hop before it is made. */
  readonly onHop: (url: URL) => void
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Sends a request and follows its redirects, each hop checked like the first. */
export async function exchange(request: HttpRequest, context: ExchangeContext): Promise<Exchange> {
  let hop: Hop = {
    url: request.url,
    method: readMethod(request.method),
    headers: request.headers ?? [],
    body: request.body,
  }
  for (let followed = 0; ; followed += 1) {
    const { url, response } = await oneHop(hop, request, context)
    const location = redirectOf(response)
    if (location === undefined || request.redirects === 0) return answer(url, hop.method, response, request.maxBytes)
    await response.body.dump({ limit: 16_384 }).catch(() => undefined)
    if (followed >= request.redirects) {
      throw new RiskloomError('request-failed', `The request was redirected more than ${request.redirects} times`)
    }
    hop = nextHop(hop, url, location, response.statusCode)
  }
}

function readMethod(method: string): string {
  const upper = method.toUpperCase()
  if (!methods.has(upper))
    throw new RiskloomError(
      'invalid-request',
      `The method "${method.slice(0, 40)}" is not one of ${[...methods].join(', ')}`,
    )
  return upper
}

async function oneHop(
  hop: Hop,
  request: HttpRequest,
  context: ExchangeContext,
): Promise<{ url: URL; response: Dispatcher.ResponseData }> {
  const { url } = checkTarget(hop.url, context.allow)
  const headers = checkHeaders(hop.headers, url.host)
  if (!headers.some(([name]) => name === 'accept-encoding')) headers.push(['accept-encoding', 'gzip, br, deflate'])
  if (!headers.some(([name]) => name === 'user-agent')) headers.push(['user-agent', 'RiskLoom'])
  context.onHop(url)
  const response = await send(url, {
    dispatcher: context.dispatcher,
    method: hop.method as Dispatcher.HttpMethod, // one of `methods`
    headers: toRecord(headers),
    body: hop.body ?? null,
    headersTimeout: request.timeout.readMs,
    bodyTimeout: request.timeout.readMs,
    signal: context.signal,
  })
  return { url, response }
}

function redirectOf(response: Dispatcher.ResponseData): string | undefined {
  if (![301, 302, 303, 307, 308].includes(response.statusCode)) return undefined
  const location = response.headers['location']
  return Array.isArray(location) ? location[0] : location
}

/** The method and body rules of the fetch standard; credentials stay behind when the origin changes. */
function nextHop(hop: Hop, from: URL, location: string, status: number): Hop {
  const url = resolveLocation(location, from)
  const toGet = status === 303 ? hop.method !== 'HEAD' : (status === 301 || status === 302) && hop.method === 'POST'
  const sameOrigin = URL.canParse(url) && new URL(url).origin === from.origin
  const carried = sameOrigin ? hop.headers : withoutCredentials(hop.headers)
  // A Host header named the old address; the transport sets the new one.
  const headers = carried.filter(([name]) => !['host', ...(toGet ? ['content-type'] : [])].includes(name.toLowerCase()))
  return { url, headers, method: toGet ? 'GET' : hop.method, body: toGet ? undefined : hop.body }
}

function resolveLocation(location: string, from: URL): string {
  // Left as it is when it cannot be read or reads ambiguously: the check of the next hop refuses it by name.
  return /[\\\s]|^https?:(?!\/\/)/i.test(location) || !URL.canParse(location, from.href)
    ? location
    : new URL(location, from).href
}

function answer(url: URL, method: string, response: Dispatcher.ResponseData, maxBytes: number): Exchange {
  const headers = fromRecord(response.headers)
  // Answers without a body may still say how it would have been encoded.
  const empty = method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304
  const encoding = headers
    .filter(([name]) => name === 'content-encoding')
    .map(([, value]) => value)
    .join(',')
  const body = limitedBody(response.body, empty ? '' : encoding, maxBytes)
  return { status: response.statusCode, url, headers, body }
}
