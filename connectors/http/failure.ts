import { RiskloomError, codeOf, messageOf } from '../../engine/error.ts'

/** What went wrong on the way, for callers that word it themselves. */
export type FailureKind = 'timeout' | 'refused' | 'unknown-host' | 'tls' | 'aborted' | 'broken'

const kinds: Readonly<Record<string, FailureKind>> = {
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  UND_ERR_ABORTED: 'aborted',
}

/** Turns whatever the transport threw into an error of the port; its own errors pass as they are. */
export function failureOf(
  error: unknown,
  url: URL,
  signals: { total: AbortSignal; caller: AbortSignal | undefined },
): RiskloomError {
  const known = ownError(error)
  if (known) return known
  const kind = kindOf(error, signals)
  const place = `${url.protocol}//${url.host}`
  const text = kind === 'timeout' ? 'timed out' : kind === 'aborted' ? 'was stopped' : `failed: ${messageOf(error)}`
  return new RiskloomError('request-failed', `The request to ${place} ${text}`, {
    details: { kind, host: url.host },
    cause: error,
    transient: kind !== 'aborted' && kind !== 'tls',
  })
}

/** undici wraps errors of our connector and of body streams; the innermost one of ours is what happened. */
function ownError(error: unknown): RiskloomError | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if (current instanceof RiskloomError && codeOf(current) !== undefined) return current
  }
  return undefined
}

function kindOf(error: unknown, signals: { total: AbortSignal; caller: AbortSignal | undefined }): FailureKind {
  if (signals.caller?.aborted) return 'aborted'
  if (signals.total.aborted) return 'timeout'
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  if (/^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_SSL)/.test(code)) return 'tls'
  return kinds[code] ?? 'broken'
}
