import type { RiskloomError } from '../../error.ts'

/** A prompt that cannot be made or an answer that cannot be used; `kind` is what error strategies see. */
export class LlmFailure extends Error {
  readonly kind: string

  constructor(message: string, kind: string) {
    super(message)
    this.name = 'LlmFailure'
    this.kind = kind
  }
}

/** The name by which the DSL knows the failure of a call. */
export function invokeErrorType(error: RiskloomError): string {
  if (error.code === 'model-rate-limited') return 'InvokeRateLimitError'
  if (error.code === 'model-not-found') return 'ModelNotExistError'
  const status = Number(error.details['status'])
  if (status === 401 || status === 403) return 'InvokeAuthorizationError'
  if (status >= 500) return 'InvokeServerUnavailableError'
  if (status >= 400) return 'InvokeBadRequestError'
  return error.code === 'model-failed' || error.code === 'egress-denied' ? 'InvokeConnectionError' : 'InvokeError'
}
