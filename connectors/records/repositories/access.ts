import * as z from 'zod'
import type { AccessRecords, Session } from '../../../engine/ports/records.ts'
import type { Tenant } from '../database.ts'
import { readFirst } from '../document.ts'
import { Account, accountColumns, ensureOwner, setPassword } from './accounts.ts'
import { keyRecords } from './keys.ts'

const LoginLink = z.object({ accountId: z.string(), workspace: z.string() })

const SessionRow = z.object({
  accountId: z.string(),
  workspace: z.string(),
  role: z.enum(['owner', 'editor', 'viewer']),
  expiresAt: z.int(),
  ...Account.omit({ id: true }).shape,
})

/** Runs under no workspace: these tables are what tells the workspace. */
export function accessRecords(tenant: Tenant): AccessRecords {
  return {
    ensureOwner: (workspace, email, now) => tenant.transaction(queries => ensureOwner(queries, workspace, email, now)),
    async account(email) {
      const text = `SELECT ${accountColumns} FROM accounts WHERE lower(email) = lower($1)`
      return readFirst(Account, 'account', await tenant.query(text, [email]))
    },
    setPassword: (accountId, passwordHash, keepSession = '') =>
      tenant.transaction(queries => setPassword(queries, accountId, passwordHash, keepSession)),
    async memberships(accountId) {
      const text = 'SELECT workspace_id AS id FROM members WHERE account_id = $1 ORDER BY created_at, workspace_id'
      return (await tenant.query(text, [accountId])).map(row => String(row['id']))
    },
    ...linkRecords(tenant),
    ...sessionRecords(tenant),
    ...keyRecords(tenant),
    ...installationRecords(tenant),
  }
}

function linkRecords(tenant: Tenant): Pick<AccessRecords, 'addLoginLink' | 'takeLoginLink'> {
  return {
    async addLoginLink(hash, accountId, workspace, expiresAt) {
      await tenant.query(
        'INSERT INTO login_links (hash, account_id, workspace_id, expires_at) VALUES ($1, $2, $3, $4)',
        [hash, accountId, workspace, expiresAt],
      )
    },
    /** Signing in is rare: the moment to forget sessions and links that ran out. */
    async takeLoginLink(hash, now) {
      const rows = await tenant.query(
        `WITH forgotten AS (DELETE FROM sessions WHERE expires_at <= $2),
           stale AS (DELETE FROM login_links WHERE expires_at <= $2)
         UPDATE login_links SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2
         RETURNING account_id AS "accountId", workspace_id AS workspace`,
        [hash, now],
      )
      return readFirst(LoginLink, 'login link', rows)
    },
  }
}

function sessionRecords(tenant: Tenant): Pick<AccessRecords, 'addSession' | 'session' | 'endSession'> {
  return {
    async addSession(hash, session) {
      await tenant.query('INSERT INTO sessions (hash, account_id, workspace_id, expires_at) VALUES ($1, $2, $3, $4)', [
        hash,
        session.accountId,
        session.workspace,
        session.expiresAt,
      ])
    },
    session: (hash, now) => readSession(tenant, hash, now),
    async endSession(hash) {
      await tenant.query('DELETE FROM sessions WHERE hash = $1', [hash])
    },
  }
}

async function readSession(
  tenant: Tenant,
  hash: string,
  now: number,
): Promise<(Session & { account: z.infer<typeof Account> }) | undefined> {
  const rows = await tenant.query(
    `SELECT sessions.account_id AS "accountId", sessions.workspace_id AS workspace, members.role,
       sessions.expires_at AS "expiresAt", email, name, password_hash AS "passwordHash"
     FROM sessions JOIN members USING (workspace_id, account_id) JOIN accounts ON accounts.id = account_id
     WHERE hash = $1 AND expires_at > $2`,
    [hash, now],
  )
  const row = readFirst(SessionRow, 'session', rows)
  if (row === undefined) return undefined
  const { email, name, passwordHash, ...session } = row
  return { ...session, account: { id: session.accountId, email, name, passwordHash } }
}

function installationRecords(tenant: Tenant): Pick<AccessRecords, 'workspaces' | 'setting' | 'setSetting'> {
  return {
    async workspaces() {
      const rows = await tenant.query('SELECT workspace_id AS id FROM workspaces ORDER BY workspace_id')
      return rows.map(row => String(row['id']))
    },
    async setting(name) {
      const [row] = await tenant.query('SELECT value FROM settings WHERE name = $1', [name])
      return row && String(row['value'])
    },
    async setSetting(name, value) {
      await tenant.query(
        'INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        [name, value],
      )
    },
  }
}
