import type { RiskloomError } from '../engine/error.ts'
import type { ErrorCode } from '../schemas/errors.ts'

/** Body of a refusal of `/v1`, as Dify’s clients read it. */
export interface DifyErrorBody {
  readonly code: string
  readonly message: string
  readonly status: number
}

const table: Partial<Record<ErrorCode, readonly [code: string, status: number]>> = {
  unauthorized: ['unauthorized', 401],
  forbidden: ['forbidden', 403],
  'not-found': ['not_found', 404],
  conflict: ['conflict', 409],
  'invalid-request': ['invalid_param', 400],
  'invalid-input': ['invalid_param', 400],
  'app-not-published': ['invalid_param', 400],
  'body-too-large': ['file_too_large', 413],
  'unsupported-media-type': ['bad_request', 400],
  'too-many-requests': ['too_many_requests', 429],
  'model-not-found': ['provider_not_initialize', 400],
}

/** A refusal may name Dify’s code itself in `details.dify`. */
export function difyError(error: RiskloomError): DifyErrorBody {
  const named = error.details['dify']
  const [code, status] =
    table[error.code] ?? (error.status >= 500 ? ['internal_server_error', 500] : ['invalid_param', 400])
  return { code: typeof named === 'string' ? named : code, message: error.message, status }
}
