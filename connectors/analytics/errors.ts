import { ClickHouseError } from '@clickhouse/client'
import { RiskloomError, messageOf } from '../../engine/error.ts'

/** Engine errors after which the same statement may well succeed: out of memory, timeout, too many queries or parts, read only. */
const passing = new Set([
  'MEMORY_LIMIT_EXCEEDED',
  'TIMEOUT_EXCEEDED',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'TOO_MANY_PARTS',
])
const diskFull = /NOT_ENOUGH_SPACE|No space left on device/
const lost = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
])
const lostMessage = /socket hang up|aborted|Timeout error/i

/** Did the connection break, so that nobody knows whether the statement ran? */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof ClickHouseError || !(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string' && lost.has(error.code)) return true
  return lostMessage.test(error.message)
}

/** What the engine or the way to it says, as an error of ours. `transient` only where repeating the statement is of use. */
export function fromEngine(error: unknown, statement: 'read' | 'write'): RiskloomError {
  if (error instanceof RiskloomError) return error
  if (isConnectionLost(error)) {
    return new RiskloomError('analytics-unavailable', `analytics does not answer: ${messageOf(error)}`, {
      cause: error,
      transient: true,
    })
  }
  const message = messageOf(error)
  const type = error instanceof ClickHouseError ? (error.type ?? '') : ''
  // The engine's own name for it stands beside the message, the operating system's within.
  if (diskFull.test(type) || diskFull.test(message))
    return new RiskloomError('disk-full', message, { cause: error, transient: true })
  return new RiskloomError('analytics-failed', message, {
    cause: error,
    details: { type },
    transient: statement === 'write' && passing.has(type),
  })
}
