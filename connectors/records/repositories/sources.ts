import { RiskloomError } from '../../../engine/error.ts'
import type { SourceRecords } from '../../../engine/ports/records.ts'
import { Source } from '../../../schemas/source.ts'
import type { Queries, Row, Tenant } from '../database.ts'
import { packDocument, readRow, unpackDocument } from '../document.ts'
import { writing } from './writing.ts'

const columns = `v, workspace_id AS workspace, name, incarnation, partitions, settings, status, error, demo,
  created_at AS "createdAt"`

export function sourceRecords(tenant: Tenant): SourceRecords {
  return {
    create: source =>
      writing(
        { name: source.name },
        tenant.transaction(queries => create(queries, source)),
      ),
    async get(name) {
      const [row] = await tenant.query(`SELECT ${columns} FROM sources WHERE name = $1`, [name])
      return row && readSource(row)
    },
    async list() {
      return (await tenant.query(`SELECT ${columns} FROM sources ORDER BY name`)).map(readSource)
    },
    async setStatus(name, status, error) {
      const text = 'UPDATE sources SET status = $2, error = $3 WHERE name = $1 RETURNING name'
      const found = await tenant.query(text, [name, status, error])
      if (found.length === 0) throw new RiskloomError('not-found', `there is no source "${name}"`)
    },
    delete: name =>
      writing(
        { source: name },
        tenant.transaction(queries => remove(queries, name)),
      ),
  }
}

/** One statement, so that a name that is taken leaves the counter of incarnations as it was. */
async function create(queries: Queries, source: Parameters<SourceRecords['create']>[0]): Promise<Source> {
  const [row = {}] = await queries.query(
    `WITH next AS (
       INSERT INTO source_incarnations AS known (name, incarnation) VALUES ($1, 1)
       ON CONFLICT (workspace_id, name) DO UPDATE SET incarnation = known.incarnation + 1
       RETURNING incarnation
     )
     INSERT INTO sources (name, incarnation, partitions, settings, status, demo, created_at)
     SELECT $1, incarnation, $2, $3, $4, $5, $6 FROM next
     RETURNING ${columns}`,
    [source.name, source.partitions, packDocument(source.settings), source.status, source.demo, source.createdAt],
  )
  return readSource(row)
}

/** Claims hold no foreign key, so they go by hand. */
async function remove(queries: Queries, name: string): Promise<boolean> {
  const found = await queries.query('DELETE FROM sources WHERE name = $1 RETURNING name', [name])
  if (found.length > 0) await queries.query('DELETE FROM claims WHERE source = $1', [name])
  return found.length > 0
}

function readSource(row: Row): Source {
  return readRow(Source, 'source', { ...row, settings: unpackDocument(row['settings']) })
}
