import type { Port } from './port.ts'

/** A query parameter, bound as `{name:Type}`; lists bind to `Array(…)`. */
export type QueryParameter = string | number | boolean | null | readonly string[] | readonly number[]

export interface AnalyticsQuery {
  /**
   * ClickHouse SQL. Every statement that reads facts must filter by `{workspace:String}`; the adapter binds it and refuses
   * a text that lacks it: this is the one place where tenancy is enforced for facts.
   */
  readonly sql: string
  readonly parameters?: Readonly<Record<string, QueryParameter>>
  /** Limits of one query; the adapter has defaults (10 s, 1 GB). */
  readonly maxSeconds?: number
  readonly signal?: AbortSignal
}

/** Facts: columnar store with ClickHouse SQL. */
export interface Analytics extends Port {
  /** Applies what is missing of the numbered migrations, or takes back down to (and keeping) `to`. */
  migrate(to?: number): Promise<{ applied: number[]; reverted: number[] }>
  migrations(): Promise<{ version: number; name: string; applied: boolean }[]>
  /**
   * Inserts rows that are already bytes in the format JSONEachRow, as one block.
   * The token makes a repeated insert a no-op; equal tokens must mean equal bytes.
   */
  insert(table: string, rows: Uint8Array, token: string): Promise<void>
  query<Row>(workspace: string, query: AnalyticsQuery): Promise<Row[]>
  /** Deletes all rows of a workspace that match, synchronously. `where` as in a query. */
  remove(workspace: string, table: string, where: AnalyticsQuery): Promise<void>
}
