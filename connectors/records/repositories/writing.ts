import { RiskloomError } from '../../../engine/error.ts'

/**
 * Tells errors of a write in terms of what was written. PostgreSQL leaves the keys of tables under row-level security
 * out of its messages, so the value is added here; and a row that cannot be read back the moment it is stored was wrong
 * when it came: the transaction is rolled back and the field named.
 */
export async function writing<T>(values: Readonly<Record<string, unknown>>, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof RiskloomError ? (invalid(error) ?? named(error, values)) : error
  }
}

function invalid(error: RiskloomError): RiskloomError | undefined {
  if (error.code !== 'corrupt-data' || typeof error.details['noun'] !== 'string') return undefined
  return new RiskloomError('invalid-request', error.message.replace('stored ', ''), {
    cause: error,
    details: error.details,
  })
}

function named(error: RiskloomError, values: Readonly<Record<string, unknown>>): RiskloomError {
  const { field } = error.details
  const value = typeof field === 'string' ? values[field] : undefined
  if (value === undefined) return error
  return new RiskloomError(error.code, `${error.message}: ${String(field)} ${JSON.stringify(value)}`, {
    cause: error,
    details: { ...error.details, value },
    transient: error.transient,
  })
}
