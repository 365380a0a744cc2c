import type { SampleRecords } from '../../../engine/ports/records.ts'
import { SampleSet } from '../../../schemas/sample-set.ts'
import type { Row, Tenant } from '../database.ts'
import { packDocument, readRow, unpackDocument } from '../document.ts'
import { nextVersion } from './next-version.ts'
import { writing } from './writing.ts'

const columns = `v, workspace_id AS workspace, name, version, rows, labels, blob, provenance, created_at AS "createdAt"`

export function sampleRecords(tenant: Tenant): SampleRecords {
  return {
    add: set =>
      writing(
        {},
        nextVersion(tenant, 'sample_sets', set.name, async queries => {
          const [row = {}] = await queries.query(
            `INSERT INTO sample_sets (name, version, rows, labels, blob, provenance, created_at)
           SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6 FROM sample_sets WHERE name = $1
           RETURNING ${columns}`,
            [set.name, set.rows, packDocument({ items: set.labels }), set.blob, set.provenance, set.createdAt],
          )
          return readSet(row)
        }),
      ),
    /** Version 0 means the newest. */
    async get(name, version) {
      const [row] = await tenant.query(
        `SELECT ${columns} FROM sample_sets WHERE name = $1 AND $2 IN (0, version) ORDER BY version DESC LIMIT 1`,
        [name, version],
      )
      return row && readSet(row)
    },
    /** Every version. */
    async list() {
      return (await tenant.query(`SELECT ${columns} FROM sample_sets ORDER BY name, version`)).map(readSet)
    },
  }
}

function readSet(row: Row): SampleSet {
  return readRow(SampleSet, 'sample set', { ...row, labels: unpackDocument(row['labels'])['items'] })
}
