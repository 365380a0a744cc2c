import * as z from 'zod'
import { RiskloomError } from '../../../engine/error.ts'
import type { Queries, Row } from '../database.ts'
import { readFirst, readRow } from '../document.ts'

export const Account = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  passwordHash: z.string().nullable(),
})

export const accountColumns = 'id, email, name, password_hash AS "passwordHash"'

/** The workspace's row is locked first, so that two first starts at once make one owner. */
export async function ensureOwner(
  queries: Queries,
  workspace: string,
  email: string,
  now: number,
): Promise<z.infer<typeof Account>> {
  await queries.query(
    `INSERT INTO workspaces (workspace_id, created_at) VALUES ($1, $2)
     ON CONFLICT (workspace_id) DO UPDATE SET workspace_id = excluded.workspace_id`,
    [workspace, now],
  )
  const owner = readFirst(Account, 'account', await owners(queries, workspace))
  if (owner !== undefined) return owner
  const account = await ensureAccount(queries, email, now)
  await queries.query(
    `INSERT INTO members (workspace_id, account_id, role, created_at) VALUES ($1, $2, 'owner', $3)
     ON CONFLICT (workspace_id, account_id) DO UPDATE SET role = 'owner'`,
    [workspace, account.id, now],
  )
  return account
}

/** Whoever came in before the change has to come in again. */
export async function setPassword(
  queries: Queries,
  accountId: string,
  passwordHash: string,
  keepSession: string,
): Promise<void> {
  const text = 'UPDATE accounts SET password_hash = $2 WHERE id = $1 RETURNING id'
  const found = await queries.query(text, [accountId, passwordHash])
  if (found.length === 0) throw new RiskloomError('not-found', `there is no account "${accountId}"`)
  await queries.query('DELETE FROM sessions WHERE account_id = $1 AND hash <> $2', [accountId, keepSession])
  await queries.query('DELETE FROM login_links WHERE account_id = $1 AND used_at IS NULL', [accountId])
}

function owners(queries: Queries, workspace: string): Promise<Row[]> {
  return queries.query(
    `SELECT ${accountColumns} FROM accounts JOIN members ON account_id = id
     WHERE workspace_id = $1 AND role = 'owner' ORDER BY members.created_at, id LIMIT 1`,
    [workspace],
  )
}

/** An account with that address may be a member of other workspaces already. */
async function ensureAccount(queries: Queries, email: string, now: number): Promise<z.infer<typeof Account>> {
  const [row = {}] = await queries.query(
    `INSERT INTO accounts (id, email, name, created_at)
     VALUES (gen_random_uuid()::text, $1, split_part($1, '@', 1), $2)
     ON CONFLICT (lower(email)) DO UPDATE SET email = accounts.email RETURNING ${accountColumns}`,
    [email, now],
  )
  return readRow(Account, 'account', row)
}
