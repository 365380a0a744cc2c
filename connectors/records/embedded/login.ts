import pg from 'pg'
import { asOwner, prepare } from '../migrate.ts'
import { applicationRole } from '../roles.ts'

/** What the repositories connect as: it owns nothing and may do what the application role may, no more. */
export const applicationLogin = 'riskloom_login'

/** Database, schema, roles and the login’s password. Safe to repeat: every start does. */
export async function makeApplicationDatabase(owner: pg.ClientConfig, password: string): Promise<void> {
  await asOwner({ ...owner, database: 'postgres' }, client => makeDatabase(client, String(owner.database)))
  await prepare(owner)
  await asOwner(owner, client => makeLogin(client, password))
}

async function makeDatabase(client: pg.Client, name: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
  if (rows.length === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
}

async function makeLogin(client: pg.Client, password: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [applicationLogin])
  if (rows.length > 0) return
  // one transaction: a login without its rights must not be left behind
  await client.query(`BEGIN;
    CREATE ROLE ${applicationLogin} LOGIN PASSWORD ${pg.escapeLiteral(password)};
    GRANT ${applicationRole} TO ${applicationLogin};
    COMMIT`)
}
