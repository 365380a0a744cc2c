import pg from 'pg'
import { RiskloomError, codeOf, messageOf } from '../../engine/error.ts'

/** SQLSTATE of errors that mean: the same transaction can succeed when it is run again. */
const retryable = new Set(['40001', '40P01'])

const connectionLost = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND'])
/** Messages of the driver that carry no code. */
const connectionLostMessage = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered|Client was closed)/
/** 08: connection; 57P0x: server stops or starts; 53300: too many connections; 57014: cancelled by a time limit. */
const serverAway = /^(08...|57P0[1-5]|53300|57014|55P03)$/

export function isRetryable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && retryable.has(error.code)
}

/** What the driver threw, as an error a user can meet. Errors that are that already pass through. */
export function fromDatabase(error: unknown): unknown {
  if (codeOf(error) !== undefined) return error
  if (error instanceof pg.DatabaseError) return fromServer(error)
  const message = messageOf(error)
  if (connectionLost.has(systemCode(error)) || connectionLostMessage.test(message)) return away(error, true)
  if (message.startsWith('Cannot use a pool after')) return away(error, false)
  return error
}

/** Whether the connection that threw this is of no use any more, or may be. */
export function isConnectionLost(error: unknown): boolean {
  const met = fromDatabase(error)
  return met instanceof RiskloomError && met.code === 'records-unavailable' && met.transient
}

function systemCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

function away(cause: unknown, transient: boolean): RiskloomError {
  return new RiskloomError('records-unavailable', `PostgreSQL does not answer: ${messageOf(cause)}`, {
    cause,
    transient,
  })
}

function fromServer(error: pg.DatabaseError): RiskloomError {
  const state = error.code ?? ''
  if (serverAway.test(state)) return away(error, true)
  if (retryable.has(state)) {
    return new RiskloomError('conflict', `changed by others at the same time: ${error.message}`, {
      cause: error,
      transient: true,
    })
  }
  return violation(state, error) ?? failure(state, error)
}

function violation(state: string, error: pg.DatabaseError): RiskloomError | undefined {
  const key = keyOf(error.detail)
  const details = { field: key.field, value: key.value, constraint: error.constraint }
  const named = `${error.table} ${key.field} "${key.value}"`
  switch (state) {
    case '23505':
      return new RiskloomError('conflict', `${named} is taken`, { cause: error, details })
    case '23503':
      return /still referenced/.test(error.detail ?? '')
        ? new RiskloomError('conflict', `"${key.value}" is in use by ${error.table}`, { cause: error, details })
        : new RiskloomError('not-found', `${key.target}: there is no ${key.field} "${key.value}"`, { cause: error, details })
    case '23514':
    case '23502':
      return new RiskloomError('invalid-request', error.message, { cause: error, details })
    case '42501':
      return new RiskloomError('forbidden', error.message, { cause: error, details })
    default:
      return undefined
  }
}

function failure(state: string, error: pg.DatabaseError): RiskloomError {
  const message = error.message
  // 22: a value that does not fit its column, such as text with a NUL character
  if (state.startsWith('22')) return new RiskloomError('invalid-request', message, { cause: error })
  if (state === '53100') return new RiskloomError('disk-full', message, { cause: error, transient: true })
  if (state.startsWith('XX')) return new RiskloomError('corrupt-data', message, { cause: error })
  if (state === '42P01' || state === '3F000') {
    return new RiskloomError('records-unavailable', `the tables are not there yet, migrate first: ${message}`, {
      cause: error,
    })
  }
  if (state.startsWith('28') || state === '3D000') {
    return new RiskloomError('records-unavailable', `PostgreSQL refuses the connection: ${message}`, { cause: error })
  }
  return new RiskloomError('internal', message, { cause: error, details: { state } })
}

/** `Key (workspace_id, name)=(acme, posts) already exists.` → name, posts: the workspace is known to whoever asks. */
function keyOf(detail: string | undefined): { field: string; value: string; target: string } {
  const match = /^Key \((.*?)\)=\((.*)\) .*?(?:in table "(.*)")?\.?$/.exec(detail ?? '')
  if (match === null) return { field: '', value: '', target: '' }
  const fields = (match[1] ?? '').split(', ')
  const values = (match[2] ?? '').split(', ')
  // a value that holds the separator itself cannot be told apart: then the whole key is named
  if (fields.length < 2 || fields.length !== values.length || fields[0] !== 'workspace_id') {
    return { field: fields.join(', '), value: values.join(', '), target: match[3] ?? '' }
  }
  return { field: fields.slice(1).join(', '), value: values.slice(1).join(', '), target: match[3] ?? '' }
}
