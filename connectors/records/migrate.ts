import pg from 'pg'
import { RiskloomError, messageOf } from '../../engine/error.ts'
import { fromDatabase, isConnectionLost } from './database-error.ts'
import { readMigrations, type Migration } from './migration-files.ts'
import { grantTables, prepareSchema } from './roles.ts'

/** Any number that no other program takes as an advisory lock in the same database. */
const lockKey = 7_215_508_413

interface Applied {
  readonly version: number
  readonly name: string
  readonly checksum: string
}

/** Runs `work` on a connection of the role that owns the tables. Row-level security is not meant to hold it. */
export async function asOwner<T>(config: pg.ClientConfig, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionTimeoutMillis: 10_000, ...config })
  owner.on('error', () => undefined)
  try {
    await owner.connect()
    return await work(owner)
  } catch (error) {
    throw fromDatabase(error)
  } finally {
    await owner.end()
  }
}

/** Schema and role, before the first connection of the application. Safe to repeat. */
export async function prepare(config: pg.ClientConfig): Promise<void> {
  await asOwner(config, owner => locked(owner, () => prepareSchema(owner)))
}

/** Brings the tables to version `to`, up or down; the newest by default. One process at a time, each step a transaction. */
export async function migrate(
  config: pg.ClientConfig,
  to?: number,
): Promise<{ applied: number[]; reverted: number[] }> {
  const migrations = await readMigrations()
  const target = to ?? migrations.length
  if (!Number.isInteger(target) || target < 0 || target > migrations.length) {
    throw new RiskloomError('invalid-request', `there is no migration ${target}; the newest is ${migrations.length}`)
  }
  return asOwner(config, owner =>
    locked(owner, async () => {
      const done = await readApplied(owner, migrations)
      const applied = migrations.filter(({ version }) => version <= target && !done.has(version))
      const reverted = migrations.filter(({ version }) => version > target && done.has(version)).reverse()
      for (const migration of reverted) await revert(owner, migration)
      for (const migration of applied) await apply(owner, migration)
      await grantTables(owner)
      return { applied: applied.map(versionOf), reverted: reverted.map(versionOf) }
    }),
  )
}

/** Every migration of this build and whether it is applied. */
export async function listMigrations(
  config: pg.ClientConfig,
): Promise<{ version: number; name: string; applied: boolean }[]> {
  const migrations = await readMigrations()
  const done = await asOwner(config, owner => locked(owner, () => readApplied(owner, migrations)))
  return migrations.map(({ version, name }) => ({ version, name, applied: done.has(version) }))
}

const versionOf = (migration: Migration): number => migration.version

async function locked<T>(owner: pg.Client, work: () => Promise<T>): Promise<T> {
  await owner.query('SELECT pg_advisory_lock($1)', [lockKey])
  try {
    return await work()
  } finally {
    await owner.query('SELECT pg_advisory_unlock($1)', [lockKey])
  }
}

async function readApplied(owner: pg.Client, migrations: readonly Migration[]): Promise<Set<number>> {
  await owner.query(`
    SET search_path TO riskloom;
    CREATE TABLE IF NOT EXISTS riskloom.migrations (
      version integer PRIMARY KEY,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`)
  const { rows } = await owner.query<Applied>(
    'SELECT version, name, checksum FROM riskloom.migrations ORDER BY version',
  )
  for (const row of rows) verify(row, migrations[row.version - 1])
  return new Set(rows.map(row => row.version))
}

function verify(applied: Applied, migration: Migration | undefined): void {
  if (migration === undefined) {
    throw new RiskloomError('migration-failed', `the database holds migration ${applied.name}, which this build lacks`)
  }
  if (migration.checksum !== applied.checksum) {
    throw new RiskloomError('migration-failed', `migration ${applied.name} was changed after it was applied`)
  }
}

async function apply(owner: pg.Client, migration: Migration): Promise<void> {
  await step(
    owner,
    migration,
    migration.up,
    'INSERT INTO riskloom.migrations (version, name, checksum) VALUES ($1, $2, $3)',
    [migration.version, migration.name, migration.checksum],
  )
}

async function revert(owner: pg.Client, migration: Migration): Promise<void> {
  await step(owner, migration, migration.down, 'DELETE FROM riskloom.migrations WHERE version = $1', [
    migration.version,
  ])
}

async function step(
  owner: pg.Client,
  migration: Migration,
  statements: string,
  mark: string,
  values: readonly unknown[],
): Promise<void> {
  try {
    await owner.query('BEGIN')
    await owner.query(statements)
    await owner.query(mark, [...values])
    await owner.query('COMMIT')
  } catch (error) {
    if (isConnectionLost(error)) throw error
    await owner.query('ROLLBACK')
    throw new RiskloomError('migration-failed', `migration ${migration.name}: ${messageOf(error)}`, { cause: error })
  }
}
