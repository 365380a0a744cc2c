import { type RiskloomError, codeOf, messageOf } from '../../error.ts'
import type { HttpResponse } from '../../ports/http.ts'
import type { ObjectValue } from '../../values/value.ts'
import type { NodeCall, NodeOutcome, NodeType } from '../node.ts'
import { httpRequestDefinition, type HttpRequestData } from './definition.ts'
import { RequestFailure } from './failure.ts'
import { buildRequest, type BuiltRequest } from './request.ts'
import { readResponse, responseLimits } from './response.ts'

/** Makes the request through the egress guard. */
export const httpRequest: NodeType<HttpRequestData> = {
  definition: httpRequestDefinition,
  async run(call) {
    let built: BuiltRequest
    try {
      built = buildRequest(call)
    } catch (error) {
      return requestFailed(error, {})
    }
    const processData = { request: built.shown }
    try {
      return finish(call.data, await call.services.http.request(built.request), processData)
    } catch (error) {
      return error instanceof RequestFailure
        ? requestFailed(error, processData)
        : transportFailed(error, call, processData)
    }
  },
}

function finish(data: HttpRequestData, response: HttpResponse, processData: ObjectValue): NodeOutcome {
  const { outputs, file } = readResponse(response)
  // Without a way to handle it a bad status is an answer like any other.
  const handled = (data.error_strategy ?? 'none') !== 'none' || data.retry_config?.retry_enabled === true
  if (handled && (response.status < 200 || response.status >= 300)) {
    return { ...badStatus(response), outputs, processData }
  }
  if (file === null) return { ok: true, inputs: {}, processData, outputs }
  const error = `The answer is a file (${file.mimeType || 'unknown type'}, ${file.size} bytes); this version of RiskLoom keeps no files`
  return { ok: false, inputs: {}, processData, outputs, error, errorType: 'HttpRequestNodeError' }
}

function badStatus(response: HttpResponse): NodeOutcome & { ok: false } {
  const wait = Number(response.headers.find(([name]) => name === 'retry-after')?.[1])
  return {
    ok: false,
    inputs: {},
    error: `Request failed with status code ${response.status}`,
    errorType: 'HTTPResponseCodeError',
    ...(response.status === 429 || response.status === 503 ? { transient: true } : {}),
    ...(Number.isFinite(wait) && wait >= 0 ? { retryAfter: wait } : {}),
  }
}

function requestFailed(error: unknown, processData: ObjectValue): NodeOutcome {
  if (!(error instanceof RequestFailure)) throw error
  return { ok: false, inputs: {}, processData, error: error.message, errorType: error.kind }
}

const kindTexts: Readonly<Record<string, string>> = {
  timeout: 'timed out',
  refused: '[Errno 111] Connection refused',
  'unknown-host': '[Errno -2] Name or service not known',
}

function transportFailed(error: unknown, call: NodeCall<HttpRequestData>, processData: ObjectValue): NodeOutcome {
  if (codeOf(error) === undefined) throw error
  const failure = error as RiskloomError // its code says so
  const kind = typeof failure.details['kind'] === 'string' ? failure.details['kind'] : ''
  const tooLarge = failure.code === 'limit-exceeded'
  const max = responseLimits.fileBytes / 1_048_576
  return {
    ok: false,
    inputs: {},
    processData,
    error: tooLarge
      ? `File size is too large, max size is ${max.toFixed(2)} MB.`
      : (kindTexts[kind] ?? messageOf(error)),
    errorType: tooLarge ? 'ResponseSizeError' : 'HttpRequestNodeError',
    ...(failure.transient && mayRepeat(call.data.method, kind) ? { transient: true } : {}),
  }
}

/** A request that may have arrived is repeated only when that changes nothing on the other side. */
function mayRepeat(method: string, kind: string): boolean {
  return kind === 'refused' || kind === 'unknown-host' || ['get', 'head', 'put', 'delete'].includes(method)
}
