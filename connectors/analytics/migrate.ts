import type { ClickHouseClient } from '@clickhouse/client'
import { RiskloomError, messageOf } from '../../engine/error.ts'
import { readMigrations, type Migration } from '../records/migration-files.ts'
import { insist, type Connection } from './connection.ts'

const folder = new URL('./migrations/', import.meta.url)

/** The last entry of a version says whether it is applied. */
const ledger = `
  CREATE TABLE IF NOT EXISTS migrations
  (version UInt32, name String, checksum String, applied Bool, changed_at DateTime64(9, 'UTC') DEFAULT now64(9))
  ENGINE = MergeTree ORDER BY (version, changed_at)`

interface Entry {
  readonly version: number
  readonly name: string
  readonly checksum: string
}

/** Brings the tables to version `to`, up or down; the newest by default. */
export async function migrate(connection: Connection, to?: number): Promise<{ applied: number[]; reverted: number[] }> {
  const migrations = await readMigrations(folder)
  const target = to ?? migrations.length
  if (!Number.isInteger(target) || target < 0 || target > migrations.length) {
    throw new RiskloomError('invalid-request', `there is no migration ${target}; the newest is ${migrations.length}`)
  }
  const done = await readApplied(connection, migrations)
  const applied = migrations.filter(({ version }) => version <= target && !done.has(version))
  const reverted = migrations.filter(({ version }) => version > target && done.has(version)).reverse()
  for (const migration of reverted) await step(connection, migration, false)
  for (const migration of applied) await step(connection, migration, true)
  return { applied: applied.map(({ version }) => version), reverted: reverted.map(({ version }) => version) }
}

/** Every migration of this build and whether it is applied. */
export async function listMigrations(
  connection: Connection,
): Promise<{ version: number; name: string; applied: boolean }[]> {
  const migrations = await readMigrations(folder)
  const done = await readApplied(connection, migrations)
  return migrations.map(({ version, name }) => ({ version, name, applied: done.has(version) }))
}

async function readApplied(connection: Connection, migrations: readonly Migration[]): Promise<Set<number>> {
  await command(connection, ledger)
  const entries = await insist(connection, 'read', undefined, () => readLedger(connection.client))
  for (const entry of entries) verify(entry, migrations[entry.version - 1])
  return new Set(entries.map(({ version }) => version))
}

async function readLedger(client: ClickHouseClient): Promise<Entry[]> {
  const result = await client.query({
    query: `
      SELECT version, argMax(name, changed_at) AS name, argMax(checksum, changed_at) AS checksum
      FROM migrations GROUP BY version HAVING argMax(applied, changed_at)`,
    format: 'JSONEachRow',
  })
  return await result.json<Entry>()
}

function verify(entry: Entry, migration: Migration | undefined): void {
  if (migration === undefined) {
    throw new RiskloomError('migration-failed', `the store holds migration ${entry.name}, which this build lacks`)
  }
  if (migration.checksum !== entry.checksum) {
    throw new RiskloomError('migration-failed', `migration ${entry.name} was changed after it was applied`)
  }
}

/**
 * ClickHouse has no transactions around DDL: statements are written so that they may be repeated, and the entry comes last.
 */
async function step(connection: Connection, migration: Migration, up: boolean): Promise<void> {
  try {
    for (const statement of statementsOf(up ? migration.up : migration.down)) await command(connection, statement)
    await command(
      connection,
      `INSERT INTO migrations (version, name, checksum, applied) SETTINGS async_insert = 0
       VALUES (${migration.version}, '${migration.name}', '${migration.checksum}', ${up})`,
    )
  } catch (error) {
    throw new RiskloomError('migration-failed', `migration ${migration.name}: ${messageOf(error)}`, { cause: error })
  }
}

async function command(connection: Connection, query: string): Promise<void> {
  await insist(connection, 'write', undefined, () => connection.client.command({ query }))
}

/** The engine takes one statement at a time; in our files each one ends with a semicolon at the end of a line. */
function statementsOf(text: string): string[] {
  return text
    .split(/;[ \t]*(?:\n|$)/)
    .map(statement => statement.trim())
    .filter(statement => statement !== '')
}
