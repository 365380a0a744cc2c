import { RiskloomError } from '../../../engine/error.ts'
import type { AppRecords } from '../../../engine/ports/records.ts'
import { App } from '../../../schemas/app.ts'
import { Version } from '../../../schemas/version.ts'
import type { Queries, Row, Tenant } from '../database.ts'
import { packDocument, readFirst, readRow, unpackDocument } from '../document.ts'
import { writing } from './writing.ts'

const appColumns = `v, workspace_id AS workspace, id, name, description, mode, icon, draft,
  published_version AS "publishedVersion", demo, created_at AS "createdAt", updated_at AS "updatedAt"`

const versionColumns = `v, workspace_id AS workspace, id, app_id AS "appId", number, hash, document, bindings,
  semantics, author, note, created_at AS "createdAt"`

export function appRecords(tenant: Tenant): AppRecords {
  return {
    save: (app, now) =>
      writing(
        {},
        tenant.transaction(queries => save(queries, app, now)),
      ),
    get: async id => readFirst(App, 'app', await tenant.query(`SELECT ${appColumns} FROM apps WHERE id = $1`, [id])),
    async list() {
      const rows = await tenant.query(`SELECT ${appColumns} FROM apps ORDER BY id`)
      return rows.map(row => readRow(App, 'app', row))
    },
    async delete(id) {
      const removed = tenant.query('DELETE FROM apps WHERE id = $1 RETURNING id', [id])
      return (await writing({ appId: id }, removed)).length > 0
    },
    publish: version =>
      writing(
        { ...version },
        tenant.transaction(queries => publish(queries, version)),
      ),
    async version(id) {
      const [row] = await tenant.query(`SELECT ${versionColumns} FROM versions WHERE id = $1`, [id])
      return row && readVersion(row)
    },
    async versions(appId) {
      const text = `SELECT ${versionColumns} FROM versions WHERE app_id = $1 ORDER BY number`
      return (await tenant.query(text, [appId])).map(readVersion)
    },
  }
}

async function save(queries: Queries, app: Parameters<AppRecords['save']>[0], now: number): Promise<App> {
  const [row = {}] = await queries.query(
    `INSERT INTO apps (id, name, description, mode, icon, draft, demo, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
     ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, description = excluded.description,
       mode = excluded.mode, icon = excluded.icon, draft = excluded.draft, demo = excluded.demo,
       updated_at = excluded.updated_at
     RETURNING ${appColumns}`,
    [app.id, app.name, app.description, app.mode, app.icon, app.draft, app.demo, now],
  )
  return readRow(App, 'app', row)
}

/** The lock on the app makes numbers gapless and “the version in force” exact when two publish at once. */
async function publish(queries: Queries, version: Parameters<AppRecords['publish']>[0]): Promise<Version> {
  const locked = await queries.query('SELECT id FROM apps WHERE id = $1 FOR UPDATE', [version.appId])
  if (locked.length === 0) throw new RiskloomError('not-found', `there is no app "${version.appId}"`)
  const [current] = await queries.query(
    `SELECT ${versionColumns} FROM versions
     WHERE hash = $2 AND id = (SELECT published_version FROM apps WHERE id = $1)`,
    [version.appId, version.hash],
  )
  if (current !== undefined) return readVersion(current)
  const stored = await insertVersion(queries, version)
  await queries.query('UPDATE apps SET published_version = $2, updated_at = greatest(updated_at, $3) WHERE id = $1', [
    version.appId,
    version.id,
    version.createdAt,
  ])
  return stored
}

async function insertVersion(queries: Queries, version: Parameters<AppRecords['publish']>[0]): Promise<Version> {
  const [row = {}] = await queries.query(
    `INSERT INTO versions (id, app_id, number, hash, document, bindings, semantics, author, note, created_at)
     SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8, $9 FROM versions WHERE app_id = $2
     RETURNING ${versionColumns}`,
    [
      version.id,
      version.appId,
      version.hash,
      version.document,
      packDocument(version.bindings),
      version.semantics,
      version.author,
      version.note,
      version.createdAt,
    ],
  )
  return readVersion(row)
}

function readVersion(row: Row): Version {
  return readRow(Version, 'version', { ...row, bindings: unpackDocument(row['bindings']) })
}
