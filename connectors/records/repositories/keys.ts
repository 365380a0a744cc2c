import * as z from 'zod'
import type { AccessRecords } from '../../../engine/ports/records.ts'
import type { Tenant } from '../database.ts'
import { readFirst, readRow } from '../document.ts'
import { writing } from './writing.ts'

const Key = z.object({
  id: z.string(),
  workspace: z.string(),
  scope: z.enum(['app', 'workspace', 'ingest']),
  target: z.string().nullable(),
  prefix: z.string(),
  createdAt: z.int(),
})

const columns = 'id, workspace_id AS workspace, scope, target, prefix, created_at AS "createdAt"'

export function keyRecords(tenant: Tenant): Pick<AccessRecords, 'addKey' | 'key' | 'keys' | 'revokeKey'> {
  return {
    async addKey(hash, key) {
      const added = tenant.query(
        `INSERT INTO api_keys (hash, id, workspace_id, scope, target, prefix, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [hash, key.id, key.workspace, key.scope, key.target, key.prefix, key.createdAt],
      )
      await writing({ id: key.id, workspace: key.workspace }, added)
    },
    async key(hash) {
      return readFirst(Key, 'key', await tenant.query(`SELECT ${columns} FROM api_keys WHERE hash = $1`, [hash]))
    },
    async keys(workspace) {
      const text = `SELECT ${columns} FROM api_keys WHERE workspace_id = $1 ORDER BY created_at, id`
      return (await tenant.query(text, [workspace])).map(row => readRow(Key, 'key', row))
    },
    async revokeKey(workspace, id) {
      const text = 'DELETE FROM api_keys WHERE workspace_id = $1 AND id = $2 RETURNING id'
      return (await tenant.query(text, [workspace, id])).length > 0
    },
  }
}
