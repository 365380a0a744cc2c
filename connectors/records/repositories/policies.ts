import type { PolicyRecords } from '../../../engine/ports/records.ts'
import { Policy } from '../../../schemas/policy.ts'
import type { Row, Tenant } from '../database.ts'
import { packDocument, readRow, unpackDocument } from '../document.ts'
import { nextVersion } from './next-version.ts'
import { writing } from './writing.ts'

const columns = 'v, id, version, body, author, note'

export function policyRecords(tenant: Tenant): PolicyRecords {
  return {
    add: policy =>
      writing(
        {},
        nextVersion(tenant, 'policies', policy.id, async queries => {
          const [row = {}] = await queries.query(
            `INSERT INTO policies (id, version, body, author, note)
           SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM policies WHERE id = $1 RETURNING ${columns}`,
            [policy.id, packBody(policy), policy.author, policy.note],
          )
          return readPolicy(row)
        }),
      ),
    async get(id, version) {
      const [row] = await tenant.query(
        `SELECT ${columns} FROM policies WHERE id = $1 AND $2 IN (0, version) ORDER BY version DESC LIMIT 1`,
        [id, version],
      )
      return row && readPolicy(row)
    },
    /** The newest version of each. */
    async list() {
      const rows = await tenant.query(`SELECT DISTINCT ON (id) ${columns} FROM policies ORDER BY id, version DESC`)
      return rows.map(readPolicy)
    },
  }
}

function packBody({ title, text, clauses }: Pick<Policy, 'title' | 'text' | 'clauses'>): string {
  return packDocument({ title, text, clauses })
}

function readPolicy({ body, ...row }: Row): Policy {
  return readRow(Policy, 'policy', { ...row, ...unpackDocument(body) })
}
