import pg from 'pg'
import { RiskloomError, codeOf, messageOf } from '../../engine/error.ts'
import { systemCode } from '../durable-files.ts'

/** SQLSTATE of errors that mean: the same transaction can succeed when it is run again. */
const retryable = new Set(['40001', '40P01'])

const connectionLost = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND'])
/** Messages of the driver that carry no code. */
const connectionLostMessage =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered|Client was closed)/
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
  if (connectionLost.has(systemCode(error) ?? '') || connectionLostMessage.test(message)) return away(error, true)
  if (message.startsWith('Cannot use a pool after')) return away(error, false)
  return error
}

/** Whether the connection that threw this is of no use any more, or may be. */
export function isConnectionLost(error: unknown): boolean {
  const met = fromDatabase(error)
  return met instanceof RiskloomError && met.code === 'records-unavailable' && met.transient
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
  const [noun, field] = keyOfConstraint(error)
  const options = { cause: error, details: { field, constraint: error.constraint } }
  switch (state) {
    case '23505':
      return new RiskloomError('conflict', `this ${noun} is there already`, options)
    case '23503':
      return /still referenced/.test(error.detail ?? '')
        ? new RiskloomError('conflict', `this ${noun} is in use by ${error.table}`, options)
        : new RiskloomError('not-found', `there is no such ${noun}`, options)
    case '23514':
    case '23502':
      return new RiskloomError('invalid-request', error.message, options)
    case '42501':
      return new RiskloomError('forbidden', error.message, options)
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

/** Noun and field that a constraint is about; a constraint that is not listed names itself. */
const constraintKeys: Readonly<Record<string, readonly [string, string]>> = {
  versions_pkey: ['version', 'id'],
  sources_pkey: ['source', 'name'],
  pipelines_pkey: ['pipeline', 'id'],
  pipelines_source: ['source', 'source'],
  pipelines_app: ['app', 'appId'],
  pipelines_version: ['version', 'versionId'],
  plans_version: ['version', 'versionId'],
  outbox_pkey: ['outbox item', 'id'],
  classifiers_sample_set: ['sample set', 'sampleSet'],
  login_links_workspace_id_account_id_fkey: ['member', 'accountId'],
  sessions_workspace_id_account_id_fkey: ['member', 'accountId'],
  api_keys_pkey: ['key', 'id'],
}

function keyOfConstraint({ table = '', constraint = '' }: pg.DatabaseError): readonly [string, string] {
  if (constraint.endsWith('_workspace_id_fkey')) return ['workspace', 'workspace']
  return constraintKeys[constraint] ?? [table, constraint]
}
