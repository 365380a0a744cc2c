import * as z from 'zod'
import type { ModelRecord, ModelRecords } from '../../../engine/ports/records.ts'
import type { Queries, Tenant } from '../database.ts'
import { readFirst, readRow } from '../document.ts'
import { writing } from './writing.ts'
import { nextVersion } from './next-version.ts'

const Model = z.object({
  kind: z.enum(['llm', 'text-embedding', 'rerank']),
  name: z.string(),
  provider: z.string(),
  baseUrl: z.string(),
  apiKeySealed: z.string().nullable(),
  promptPrice: z.number().nullable(),
  completionPrice: z.number().nullable(),
})

const Classifier = z.object({
  name: z.string(),
  version: z.int(),
  blob: z.string(),
  hash: z.string(),
  sampleSet: z.string(),
  sampleSetVersion: z.int(),
  report: z.string(),
  createdAt: z.int(),
})

const modelColumns = `kind, name, provider, base_url AS "baseUrl", api_key_sealed AS "apiKeySealed",
  prompt_price AS "promptPrice", completion_price AS "completionPrice"`

const classifierColumns = `name, version, blob, hash, sample_set AS "sampleSet",
  sample_set_version AS "sampleSetVersion", report, created_at AS "createdAt"`

export function modelRecords(tenant: Tenant): ModelRecords {
  return {
    save: model => save(tenant, model),
    async find(name, provider) {
      const rows = await tenant.query(
        `SELECT ${modelColumns} FROM models WHERE name = $1 ORDER BY provider IS DISTINCT FROM $2, provider LIMIT 1`,
        [name, provider ?? null],
      )
      return readFirst(Model, 'model', rows)
    },
    async list() {
      const rows = await tenant.query(`SELECT ${modelColumns} FROM models ORDER BY name, provider`)
      return rows.map(row => readRow(Model, 'model', row))
    },
    delete: async name => (await tenant.query('DELETE FROM models WHERE name = $1 RETURNING name', [name])).length > 0,
    ...classifierRecords(tenant),
  }
}

function classifierRecords(tenant: Tenant): Pick<ModelRecords, 'addClassifier' | 'classifier' | 'classifiers'> {
  return {
    addClassifier: ({ name, blob, hash, sampleSet, sampleSetVersion, report, createdAt }) =>
      writing(
        { sampleSet },
        nextVersion(tenant, 'classifiers', name, async queries => {
          const [row = {}] = await queries.query(
            `INSERT INTO classifiers (name, version, blob, hash, sample_set, sample_set_version, report, created_at)
           SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7 FROM classifiers WHERE name = $1
           RETURNING ${classifierColumns}`,
            [name, blob, hash, sampleSet, sampleSetVersion, report, createdAt],
          )
          return readRow(Classifier, 'classifier', row)
        }),
      ),
    async classifier(name, version) {
      const rows = await tenant.query(
        `SELECT ${classifierColumns} FROM classifiers
         WHERE name = $1 AND $2 IN (0, version) ORDER BY version DESC LIMIT 1`,
        [name, version],
      )
      return readFirst(Classifier, 'classifier', rows)
    },
    async classifiers() {
      const rows = await tenant.query(`SELECT ${classifierColumns} FROM classifiers ORDER BY name, version`)
      return rows.map(row => readRow(Classifier, 'classifier', row))
    },
  }
}

async function save(queries: Queries, model: ModelRecord): Promise<void> {
  await queries.query(
    `INSERT INTO models (kind, name, provider, base_url, api_key_sealed, prompt_price, completion_price)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (workspace_id, name, provider) DO UPDATE SET kind = excluded.kind, base_url = excluded.base_url,
       api_key_sealed = excluded.api_key_sealed, prompt_price = excluded.prompt_price,
       completion_price = excluded.completion_price`,
    [
      model.kind,
      model.name,
      model.provider,
      model.baseUrl,
      model.apiKeySealed,
      model.promptPrice,
      model.completionPrice,
    ],
  )
}
