import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { RiskloomError } from '../../engine/error.ts'
import { fromDatabase, isConnectionLost, isRetryable } from './database-error.ts'

function serverError(code: string, fields: Partial<pg.DatabaseError> = {}): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('what the server said', 0, 'error'), { code, ...fields })
}

describe('errors of the database', () => {
  it.each([
    ['57P01', 'records-unavailable', true],
    ['53300', 'records-unavailable', true],
    ['08006', 'records-unavailable', true],
    ['28P01', 'records-unavailable', false],
    ['42P01', 'records-unavailable', false],
    ['40001', 'conflict', true],
    ['23505', 'conflict', false],
    ['23514', 'invalid-request', false],
    ['22021', 'invalid-request', false],
    ['42501', 'forbidden', false],
    ['53100', 'disk-full', true],
    ['XX001', 'corrupt-data', false],
    ['42601', 'internal', false],
  ])('%s is %s', (state, code, transient) => {
    expect(fromDatabase(serverError(state))).toMatchObject({ code, transient })
  })

  it('knows a lost connection by the system’s code and by the driver’s words', () => {
    for (const code of ['ECONNREFUSED', 'ENOENT', 'EPIPE']) {
      expect(isConnectionLost(Object.assign(new Error('connect'), { code }))).toBe(true)
    }
    expect(isConnectionLost(new Error('Connection terminated unexpectedly'))).toBe(true)
    expect(isConnectionLost(new Error('Cannot use a pool after calling end on the pool'))).toBe(false)
    expect(isConnectionLost(new TypeError('a bug'))).toBe(false)
  })

  it('tells which noun is missing or in use', () => {
    const missing = serverError('23503', { constraint: 'pipelines_app', table: 'pipelines' })
    expect(fromDatabase(missing)).toMatchObject({
      code: 'not-found',
      message: 'there is no such app',
      details: { field: 'appId' },
    })
    const used = serverError('23503', {
      constraint: 'pipelines_app',
      table: 'pipelines',
      detail: 'Key is still referenced from table "pipelines".',
    })
    expect(fromDatabase(used)).toMatchObject({ code: 'conflict', message: 'this app is in use by pipelines' })
  })

  it('leaves errors of ours and bugs as they are', () => {
    const ours = new RiskloomError('fenced', 'x')
    const bug = new TypeError('x')
    expect(fromDatabase(ours)).toBe(ours)
    expect(fromDatabase(bug)).toBe(bug)
    expect(isRetryable(serverError('40P01'))).toBe(true)
    expect(isRetryable(serverError('23505'))).toBe(false)
  })
})
