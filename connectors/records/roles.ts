import type pg from 'pg'
import { RiskloomError } from '../../engine/error.ts'

/** Holds the rights on the tables and nothing else: no table is its own, so it cannot step around row-level security. */
export const applicationRole = 'riskloom_application'

interface Login {
  readonly login: string
  /** Superusers and BYPASSRLS roles see every workspace whatever the policies say. */
  readonly bypasses: boolean
  readonly creates: boolean
  readonly exists: boolean
  readonly member: boolean
}

/**
 * Makes schema and application role where the login may. A server on which it may not create roles still works: then
 * the login itself is held by FORCE ROW LEVEL SECURITY.
 */
export async function prepareSchema(owner: pg.ClientBase): Promise<void> {
  const login = await readLogin(owner)
  if (!login.exists && login.creates) await owner.query(`CREATE ROLE ${applicationRole} NOLOGIN`)
  if (!login.member && login.creates) await owner.query(`GRANT ${applicationRole} TO CURRENT_USER`)
  await owner.query('CREATE SCHEMA IF NOT EXISTS riskloom')
}

/** Rights on whatever tables the migrations left. */
export async function grantTables(owner: pg.ClientBase): Promise<void> {
  const { exists } = await readLogin(owner)
  if (!exists) return
  await owner.query(`
    GRANT USAGE ON SCHEMA riskloom TO ${applicationRole};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA riskloom TO ${applicationRole};
    REVOKE ALL ON riskloom.migrations FROM ${applicationRole}`)
}

/**
 * Run once on every connection of the application. Refuses a login that would see every workspace: the repositories
 * name no workspace themselves.
 */
export async function enterAsApplication(client: pg.ClientBase): Promise<void> {
  const login = await readLogin(client)
  if (login.member) await client.query(`SET ROLE ${applicationRole}`)
  else if (login.bypasses) {
    throw new RiskloomError(
      'records-unavailable',
      `the database user "${login.login}" bypasses row-level security and may not act as ${applicationRole}`,
      { details: { user: login.login } },
    )
  }
  await client.query('SET search_path TO riskloom')
}

async function readLogin(client: pg.ClientBase): Promise<Login> {
  const { rows } = await client.query<Login>(
    `SELECT login.rolname AS login,
       login.rolsuper OR login.rolbypassrls AS bypasses,
       login.rolsuper OR login.rolcreaterole AS creates,
       role.oid IS NOT NULL AS exists,
       coalesce(pg_has_role(login.oid, role.oid, 'MEMBER'), false) AS member
     FROM pg_roles login LEFT JOIN pg_roles role ON role.rolname = $1
     WHERE login.rolname = session_user`,
    [applicationRole],
  )
  const [login] = rows
  if (login === undefined) throw new RiskloomError('records-unavailable', 'the database user has no entry in pg_roles')
  return login
}
