import { errorTable, type ErrorCode } from '../schemas/errors.ts'

/**
 * An error that a user can meet. Recognised by its code, never by its class.
 * `details` names field, value, node or line for programs; the message says the same to people.
 * `transient` errors pass by themselves: whoever meets one may try again.
 */
export class RiskloomError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly remedy: string
  readonly details: Readonly<Record<string, unknown>>
  readonly transient: boolean
  /** Seconds to wait before the next try, where the other side said so. */
  readonly retryAfter: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown; transient?: boolean; retryAfter?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'RiskloomError'
    this.code = code
    this.status = errorTable[code].status
    this.remedy = errorTable[code].remedy
    this.details = options.details ?? {}
    this.transient = options.transient ?? false
    this.retryAfter = options.retryAfter
  }
}

/** The code of an error, whatever copy of the class made it; undefined for foreign errors. */
export function codeOf(error: unknown): ErrorCode | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  const code = error.code
  return typeof code === 'string' && code in errorTable ? (code as ErrorCode) : undefined
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
