import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { codeOf, messageOf, RiskloomError } from '../../engine/error.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import type { ErrorCode } from '../../schemas/errors.ts'
import { isServiceApi } from '../dify.ts'
import { drain } from './drain.ts'
import { difyError } from '../dify-errors.ts'

/** Fastify’s own refusals in the words of our table. */
const fastifyCodes: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid-request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
}

/** Every refusal leaves through here: one shape for `/api`, Dify’s for `/v1`. */
export function errors(app: FastifyInstance, telemetry: Telemetry): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const known = asRiskloom(error)
    if (known.code === 'body-too-large') await drain(request.raw)
    return send(known, request, reply, telemetry)
  })
  app.setNotFoundHandler((request, reply) =>
    send(new RiskloomError('not-found', `there is no ${request.method} ${pathOf(request)}`), request, reply, telemetry),
  )
}

function send(error: RiskloomError, request: FastifyRequest, reply: FastifyReply, telemetry: Telemetry): FastifyReply {
  if (error.status >= 500) {
    telemetry.log('error', error.message, { code: error.code, requestId: request.id, cause: stackOf(error) })
  }
  if (error.retryAfter !== undefined) void reply.header('retry-after', Math.ceil(error.retryAfter))
  if (isServiceApi(request)) return sendDify(error, reply)
  return reply.code(error.status).send({
    code: error.code,
    message: error.message,
    remedy: error.remedy,
    details: error.details,
    requestId: request.id,
  })
}

function sendDify(error: RiskloomError, reply: FastifyReply): FastifyReply {
  const body = difyError(error)
  if (body.status === 401) void reply.header('www-authenticate', 'Bearer realm="api"')
  return reply.code(body.status).send(body)
}

export function asRiskloom(error: unknown): RiskloomError {
  if (error instanceof RiskloomError) return error
  const code = codeOf(error) ?? foreignCode(error)
  if (code !== undefined) return new RiskloomError(code, messageOf(error), { cause: error })
  // A foreign error may carry anything in its text: the log has it, the answer does not.
  return new RiskloomError('internal', 'something went wrong inside', { cause: error })
}

function foreignCode(error: unknown): ErrorCode | undefined {
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  if (code !== undefined && code in fastifyCodes) return fastifyCodes[code]
  if (statusCode === 429) return 'too-many-requests'
  if (statusCode === 415) return 'unsupported-media-type'
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return 'invalid-request'
  return undefined
}

function stackOf(error: RiskloomError): string {
  return error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : (error.stack ?? '')
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}
