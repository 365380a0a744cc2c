import type { HttpRequest } from '../../ports/http.ts'
import type { NodeCall } from '../node.ts'
import { requestBody, type RequestBody } from './body.ts'
import type { HttpRequestData } from './definition.ts'
import { RequestFailure } from './failure.ts'
import { grouped, percentEncode, readLines } from './lines.ts'
import { responseLimits } from './response.ts'

export interface BuiltRequest {
  readonly request: HttpRequest
  /** The request as text for the trace, credentials masked. */
  readonly shown: string
}

/** Used where the document names no time-out, seconds. */
const defaultTimeout = { connect: 300, read: 600, write: 600 }
/** No request holds its run longer than this, seconds. */
const maxTotal = 600

/** Fills the variables in. @throws RequestFailure in the words of the DSL */
export function buildRequest(call: NodeCall<HttpRequestData>): BuiltRequest {
  const { data } = call
  if (data.method === 'options') throw new RequestFailure('Invalid http method options', 'InvalidHttpMethodError')
  const url = requestUrl(call)
  const body = requestBody(call)
  const headers = requestHeaders(call, body)
  const request: HttpRequest = {
    workspace: call.workspace,
    method: data.method,
    url,
    headers,
    ...(body === undefined ? {} : { body: body.content }),
    timeout: readTimeout(data.timeout),
    redirects: 20,
    maxBytes: responseLimits.fileBytes,
    verifyTls: data.ssl_verify ?? true,
    signal: call.signal,
  }
  return { request, shown: showRequest(call, request, body) }
}

function requestUrl(call: NodeCall<HttpRequestData>): string {
  const text = call.render(call.data.url).trim()
  if (text === '') throw new RequestFailure('url is required', 'InvalidURLError')
  if (!/^https?:\/\//i.test(text))
    throw new RequestFailure('url should start with http:// or https://', 'InvalidURLError')
  if (!URL.canParse(text))
    throw new RequestFailure(`the address ${JSON.stringify(text.slice(0, 200))} cannot be read`, 'InvalidURLError')
  const params = grouped(readLines(call.data.params, template => call.render(template)))
  if (params.length === 0) return text
  const query = params.map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`).join('&')
  const [address = '', fragment] = text.split('#', 2)
  return `${address}${address.includes('?') ? '&' : '?'}${query}${fragment === undefined ? '' : `#${fragment}`}`
}

function requestHeaders(call: NodeCall<HttpRequestData>, body: RequestBody | undefined): [string, string][] {
  const written = readLines(call.data.headers, template => call.render(template))
  const named = (name: string): boolean => written.some(([key]) => key.toLowerCase() === name)
  const own: [string, string][] = [...authorization(call)]
  const isForm = body?.contentType?.startsWith('multipart/') === true
  // The boundary of a form is ours, whatever the author wrote.
  const kept = written.filter(([key]) => !(isForm && key.toLowerCase() === 'content-type'))
  if (body?.contentType && (isForm || !named('content-type'))) own.push(['Content-Type', body.contentType])
  if (!named('traceparent')) own.push(...traceparent(call))
  const headers = [...kept.filter(([key]) => !own.some(([name]) => name.toLowerCase() === key.toLowerCase())), ...own]
  for (const [name, value] of headers) checkAscii(name, value)
  return headers
}

function authorization(call: NodeCall<HttpRequestData>): [string, string][] {
  const { type, config } = call.data.authorization
  if (type !== 'api-key') return []
  if (!config) throw new RequestFailure('config is required for authorization type api-key', 'AuthorizationConfigError')
  const key = call.render(config.api_key).trim()
  if (key === '')
    throw new RequestFailure('API key is required for authorization type api-key', 'AuthorizationConfigError')
  const header = call.render(config.header).trim() || 'Authorization'
  if (config.type === 'bearer') return [[header, `Bearer ${key}`]]
  if (config.type === 'custom') return [[header, key]]
  // A pair of name and password is encoded; anything else is taken as encoded already.
  return [[header, `Basic ${key.includes(':') ? base64(key) : key}`]]
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

/** Ties the request to its run where the run has a trace id. */
function traceparent(call: NodeCall<HttpRequestData>): [string, string][] {
  const trace = call.runId.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/.test(trace)) return []
  return [['traceparent', `00-${trace}-${call.services.ids.uuid().replaceAll('-', '').slice(-16)}-01`]]
}

function checkAscii(name: string, value: string): void {
  for (const text of [name, value]) {
    const codes = Array.from(text, character => character.codePointAt(0) ?? 0)
    const position = codes.findIndex(code => code > 127)
    const code = codes[position]
    if (code !== undefined) {
      const shown = code < 256 ? `\\x${code.toString(16)}` : `\\u${code.toString(16).padStart(4, '0')}`
      throw new RequestFailure(
        `'ascii' codec can't encode character '${shown}' in position ${position}: ordinal not in range(128)`,
      )
    }
    if (/[\r\n\0]/.test(text)) throw new RequestFailure(`The header ${JSON.stringify(name)} has a line break`)
  }
}

function readTimeout(timeout: HttpRequestData['timeout']): HttpRequest['timeout'] {
  const connect = timeout?.connect || timeout?.max_connect_timeout || defaultTimeout.connect
  const read = timeout?.read || timeout?.max_read_timeout || defaultTimeout.read
  const write = timeout?.write || timeout?.max_write_timeout || defaultTimeout.write
  return {
    connectMs: Math.min(connect, defaultTimeout.connect) * 1_000,
    readMs: Math.min(read, defaultTimeout.read) * 1_000,
    totalMs: Math.min(connect + read + write, maxTotal) * 1_000,
  }
}

const secretName = /^(authorization|proxy-authorization|cookie)$|key|token|secret|password/i

function showRequest(call: NodeCall<HttpRequestData>, request: HttpRequest, body: RequestBody | undefined): string {
  const url = new URL(request.url)
  const credentials = new Set(authorization(call).map(([name]) => name.toLowerCase()))
  const lines = (request.headers ?? [])
    .filter(([name]) => name !== 'traceparent' && name.toLowerCase() !== 'content-type')
    .map(
      ([name, value]) =>
        `${name}: ${secretName.test(name) || credentials.has(name.toLowerCase()) ? '*'.repeat(value.length) : value}`,
    )
  const contentType = request.headers?.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (contentType !== undefined) lines.push(`Content-Type: ${contentType}`)
  if (body) lines.push(`Content-Length: ${new TextEncoder().encode(body.shown).length}`)
  const head = [`${request.method.toUpperCase()} ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, ...lines]
  return `${head.join('\r\n')}\r\n\r\n${body?.shown ?? ''}`
}
