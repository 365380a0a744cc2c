import * as z from 'zod'
import type { OutboxItem } from '../../../engine/ports/records.ts'
import type { Queries } from '../database.ts'
import { readRow } from '../document.ts'

const Item = z.object({ id: z.string(), kind: z.literal('dead-letter'), key: z.string(), payload: z.string() })

/** Items that were not released, in the order in which they were sealed. */
export async function readOutbox(queries: Queries, planId: string): Promise<OutboxItem[]> {
  const rows = await queries.query('SELECT id, kind, key, payload FROM outbox WHERE plan_id = $1 ORDER BY place', [
    planId,
  ])
  return rows.map(row => readRow(Item, 'outbox item', row))
}

export async function releaseOutbox(queries: Queries, planId: string, ids: readonly string[]): Promise<void> {
  await queries.query('DELETE FROM outbox WHERE plan_id = $1 AND id = ANY ($2::text[])', [planId, [...ids]])
}
