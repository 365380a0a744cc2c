import type { Queries, Tenant } from '../database.ts'

/** Adds the next version of a named thing: the lock makes numbers gapless when two add at once. */
export function nextVersion<T>(
  tenant: Tenant,
  table: string,
  name: string,
  insert: (queries: Queries) => Promise<T>,
): Promise<T> {
  return tenant.transaction(async queries => {
    await queries.query(
      `SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(' ', current_setting('riskloom.workspace'), $1::text, $2::text), 0))`,
      [table, name],
    )
    return insert(queries)
  })
}
