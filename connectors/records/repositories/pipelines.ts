import { RiskloomError } from '../../../engine/error.ts'
import type { PipelineRecords } from '../../../engine/ports/records.ts'
import { Pipeline } from '../../../schemas/pipeline.ts'
import type { Queries, Row, Tenant } from '../database.ts'
import { packDocument, readRow, unpackDocument } from '../document.ts'
import { writing } from './writing.ts'

const columns = `v, workspace_id AS workspace, id, source, incarnation, app_id AS "appId", version_id AS "versionId",
  settings, status, epoch, error, created_at AS "createdAt"`

export function pipelineRecords(tenant: Tenant): PipelineRecords {
  return {
    create: pipeline =>
      writing(
        { ...pipeline },
        tenant.transaction(queries => create(queries, pipeline)),
      ),
    async get(id) {
      const [row] = await tenant.query(`SELECT ${columns} FROM pipelines WHERE id = $1`, [id])
      return row && readPipeline(row)
    },
    async list() {
      return (await tenant.query(`SELECT ${columns} FROM pipelines ORDER BY id`)).map(readPipeline)
    },
    async setStatus(id, status, error) {
      await update(tenant, id, 'status = $2, error = $3', [status, error])
    },
    async setSettings(id, settings) {
      const change = tenant.transaction(queries => update(queries, id, 'settings = $2', [packDocument(settings)]))
      await writing({}, change)
    },
    takeOver: async id => (await update(tenant, id, 'epoch = epoch + 1', [])).epoch,
    delete: async id => (await tenant.query('DELETE FROM pipelines WHERE id = $1 RETURNING id', [id])).length > 0,
  }
}

async function create(queries: Queries, pipeline: Parameters<PipelineRecords['create']>[0]): Promise<Pipeline> {
  const [row = {}] = await queries.query(
    `INSERT INTO pipelines (id, source, incarnation, app_id, version_id, settings, status, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${columns}`,
    [
      pipeline.id,
      pipeline.source,
      pipeline.incarnation,
      pipeline.appId,
      pipeline.versionId,
      packDocument(pipeline.settings),
      pipeline.status,
      pipeline.createdAt,
    ],
  )
  return readPipeline(row)
}

/** `change` is SQL of this file, never of a caller. */
async function update(queries: Queries, id: string, change: string, values: readonly unknown[]): Promise<Pipeline> {
  const text = `UPDATE pipelines SET ${change} WHERE id = $1 RETURNING ${columns}`
  const [row] = await queries.query(text, [id, ...values])
  if (row === undefined) throw new RiskloomError('not-found', `there is no pipeline "${id}"`)
  return readPipeline(row)
}

function readPipeline(row: Row): Pipeline {
  return readRow(Pipeline, 'pipeline', { ...row, settings: unpackDocument(row['settings']) })
}
