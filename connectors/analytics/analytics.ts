import type { ClickHouseSettings } from '@clickhouse/client'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { RiskloomError } from '../../engine/error.ts'
import type { Analytics, AnalyticsQuery, QueryParameter } from '../../engine/ports/analytics.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { insist, type Connection } from './connection.ts'
import { listMigrations, migrate } from './migrate.ts'

const defaultSeconds = 10
const queryBytes = '1000000000'
const insertSeconds = 120
const checkSeconds = 5

const placeholder = /\{\s*([A-Za-z_]\w*)\s*:/g
const tableName = /^[a-z_][a-z0-9_]*$/

/** The port over any connection. */
export function analyticsOver(connection: Connection, telemetry: Telemetry): Analytics {
  return {
    engine: connection.engine,
    shared: connection.shared,
    async check() {
      await connection.ready()
      await read(connection, { sql: 'SELECT 1', maxSeconds: checkSeconds }, {})
    },
    close: () => connection.close(),
    migrate: to => migrate(connection, to),
    migrations: () => listMigrations(connection),
    insert: (table, rows, token) => timed(telemetry, 'analytics_insert', () => insert(connection, table, rows, token)),
    query: (workspace, query) => timed(telemetry, 'analytics_query', () => queryFacts(connection, workspace, query)),
    remove: (workspace, table, where) => remove(connection, workspace, table, where),
  }
}

async function insert(connection: Connection, table: string, rows: Uint8Array, token: string): Promise<void> {
  if (rows.length === 0) return
  const name = tableNamed(table)
  const settings: ClickHouseSettings = {
    insert_deduplication_token: token,
    insert_deduplicate: 1,
    // A batch that reached the table but not a view behind it is completed by sending it again.
    deduplicate_blocks_in_dependent_materialized_views: 1,
    // On by default in new engines, and then an insert is acknowledged under another token than ours.
    async_insert: 0,
    // Blocks must be cut the same way each time, because the token counts for a block.
    input_format_parallel_parsing: 0,
    max_execution_time: insertSeconds,
    max_memory_usage: queryBytes,
  }
  await insist(connection, 'write', undefined, async () => {
    // The client's own `insert` would encode each row; ours are bytes already.
    const { stream } = await connection.client.exec({
      query: `INSERT INTO ${name} FORMAT JSONEachRow`,
      values: Readable.from([rows], { objectMode: false }),
      clickhouse_settings: settings,
    })
    await finished(stream.resume())
  })
}

function queryFacts<Row>(connection: Connection, workspace: string, query: AnalyticsQuery): Promise<Row[]> {
  const parameters = { ...query.parameters, workspace }
  const names = new Set(Array.from(query.sql.matchAll(placeholder), match => match[1] ?? ''))
  if (!/\{workspace:String\}/.test(query.sql)) {
    throw new RiskloomError('internal', 'a query of facts must filter by {workspace:String}')
  }
  requireBound(names, parameters)
  return read<Row>(connection, query, parameters)
}

/** An unbound parameter would take what an earlier query of the same session left behind. */
function requireBound(names: ReadonlySet<string>, parameters: Readonly<Record<string, QueryParameter>>): void {
  for (const name of names) {
    if (parameters[name] === undefined) throw new RiskloomError('internal', `query parameter ${name} is not bound`)
  }
}

function read<Row>(
  connection: Connection,
  query: AnalyticsQuery,
  parameters: Readonly<Record<string, QueryParameter>>,
): Promise<Row[]> {
  return insist(connection, 'read', query.signal, async () => {
    const result = await connection.client.query({
      query: query.sql,
      query_params: parameters,
      format: 'JSONEachRow',
      clickhouse_settings: {
        max_execution_time: query.maxSeconds ?? defaultSeconds,
        max_memory_usage: queryBytes,
        output_format_json_quote_64bit_integers: 0,
        readonly: '2',
      },
      ...(query.signal === undefined ? {} : { abort_signal: query.signal }),
    })
    return await result.json<Row>()
  })
}

async function remove(connection: Connection, workspace: string, table: string, where: AnalyticsQuery): Promise<void> {
  const parameters = { ...where.parameters, workspace }
  const names = new Set(Array.from(where.sql.matchAll(placeholder), match => match[1] ?? ''))
  requireBound(names, parameters)
  await insist(connection, 'write', where.signal, () =>
    connection.client.command({
      query: `ALTER TABLE ${tableNamed(table)} DELETE WHERE workspace = {workspace:String} AND (${where.sql})`,
      query_params: parameters,
      // 2: returns when the rows are gone on every replica.
      clickhouse_settings: { mutations_sync: '2' },
    }),
  )
}

function tableNamed(table: string): string {
  if (!tableName.test(table)) throw new RiskloomError('internal', `not a table of facts: ${table}`)
  return table
}

async function timed<T>(telemetry: Telemetry, name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  try {
    return await work()
  } finally {
    telemetry.observe(name, performance.now() - start)
  }
}
