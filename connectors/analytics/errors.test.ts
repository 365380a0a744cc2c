import { ClickHouseError } from '@clickhouse/client'
import { describe, expect, it } from 'vitest'
import { fromEngine } from './errors.ts'

describe('a full disk', () => {
  it.each([
    ['by the name of the error', 'NOT_ENOUGH_SPACE', 'Cannot reserve 1.00 MiB, not enough space.'],
    ['by the system’s words', 'CANNOT_WRITE_TO_FILE_DESCRIPTOR', 'Cannot write to file: No space left on device'],
  ])('is recognised %s', (_how, type, message) => {
    const error = new ClickHouseError({ code: '243', type, message })
    expect(fromEngine(error, 'write')).toMatchObject({ code: 'disk-full', transient: true })
  })
})
