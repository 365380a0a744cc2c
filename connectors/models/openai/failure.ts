import { APIError } from 'openai'
import { RiskloomError, codeOf, messageOf } from '../../../engine/error.ts'
import { brokeOff } from './answer.ts'

/** Whatever a call threw, as the error of the port. */
export function failureOf(
  error: unknown,
  context: { apiKey: string | null; stopped: boolean; timedOut: boolean },
): RiskloomError {
  if (context.stopped) return new RiskloomError('run-stopped', 'The call of the model was stopped')
  const own = ownError(error)
  if (own && own.code !== 'request-failed' && own.code !== 'limit-exceeded') return own
  if (own?.code === 'limit-exceeded') return new RiskloomError('model-failed', own.message, { cause: own })
  if (context.timedOut) return brokeOff('The model did not answer in time', error)
  if (error instanceof APIError && error.status !== undefined)
    return ofStatus(error, error.status as number, context.apiKey) // its type parameter is open
  if (error instanceof SyntaxError) return brokeOff('The answer of the model broke off or is not JSON', error)
  return brokeOff(`The model cannot be reached: ${hideKey(messageOf(own ?? error), context.apiKey)}`, error)
}

function ownError(error: unknown): RiskloomError | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 6; current = current.cause, depth += 1) {
    if (current instanceof RiskloomError && codeOf(current) !== undefined) return current
  }
  return undefined
}

function ofStatus(error: APIError, status: number, apiKey: string | null): RiskloomError {
  const message = `The model answered with status ${status}: ${hideKey(providerMessage(error), apiKey)}`
  const retryAfter = readRetryAfter(error.headers)
  const details = { status }
  // A quota that is used up does not come back by waiting.
  if (status === 429 && error.code !== 'insufficient_quota') {
    return new RiskloomError('model-rate-limited', message, {
      details,
      transient: true,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    })
  }
  const transient = status >= 500 || status === 408 || status === 409
  return new RiskloomError('model-failed', message, {
    details,
    transient,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  })
}

function providerMessage(error: APIError): string {
  const body = error.error
  const text = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : error.message
  return text.slice(0, 500)
}

/** Providers like to repeat the key they refuse. */
function hideKey(text: string, apiKey: string | null): string {
  return apiKey === null || apiKey.length < 4 ? text : text.replaceAll(apiKey, '***')
}

/** Seconds, from `retry-after-ms`, or `Retry-After` as seconds or a date. */
function readRetryAfter(headers: Headers | undefined): number | undefined {
  const ms = Number(headers?.get('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(ms) && ms >= 0) return ms / 1_000
  const text = headers?.get('retry-after')
  if (!text) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1_000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}
