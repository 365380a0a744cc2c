import type pg from 'pg'
import { RiskloomError } from '../../engine/error.ts'
import type { Records } from '../../engine/ports/records.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { prepare } from './migrate.ts'
import { recordsOver } from './records.ts'

/**
 * Records on a PostgreSQL server (15 or newer) by URL. The login owns the tables; queries act as `riskloom_application`
 * where the login may create that role, and are held by FORCE ROW LEVEL SECURITY where it may not.
 * The session keeps role and workspace: a pooler in between must pool sessions, not transactions.
 *
 * Fails with `invalid-setting` when the URL is not one, with `records-unavailable` when no server answers.
 */
export async function postgresRecords(options: { url: string; telemetry: Telemetry }): Promise<Records> {
  const connection = connectionOf(options.url)
  await prepare(connection)
  return recordsOver({
    engine: 'postgres',
    shared: true,
    connections: { owner: connection, application: connection },
    telemetry: options.telemetry,
    stop: () => Promise.resolve(),
  })
}

function connectionOf(url: string): pg.ClientConfig {
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  // the address itself stays out of the message: it carries a password
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    throw new RiskloomError('invalid-setting', 'DATABASE_URL must look like postgres://user:password@host:5432/name', {
      details: { field: 'DATABASE_URL' },
    })
  }
  return { connectionString: url, application_name: 'riskloom' }
}
