import { Plan } from '../../../schemas/plan.ts'
import type { Row } from '../database.ts'
import { packDocument, readRow, unpackDocument } from '../document.ts'

export const planColumns = `v, workspace_id AS workspace, id, pipeline, epoch, version_id AS "versionId", ranges, state,
  seal_hash AS "sealHash", created_at AS "createdAt"`

export function readPlan(row: Row): Plan {
  return readRow(Plan, 'plan', { ...row, ranges: unpackDocument(row['ranges'])['items'] })
}

export function packRanges(ranges: Plan['ranges']): string {
  return packDocument({ items: ranges })
}
