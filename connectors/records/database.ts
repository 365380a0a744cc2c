import pg from 'pg'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { fromDatabase, isConnectionLost, isRetryable } from './database-error.ts'
import { enterAsApplication } from './roles.ts'

export type Row = Record<string, unknown>

export interface Queries {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** Statements under one workspace, or under none. */
export interface Tenant extends Queries {
  /** May run `work` several times: it is repeated when PostgreSQL asks for it (serialization failure, deadlock). */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
}

export interface Database {
  tenant(workspace: string | null): Tenant
  close(): Promise<void>
}

const attempts = 4
/** Milliseconds a caller waits for a connection; then the records count as unavailable. */
const connectTimeout = 10_000
/** Milliseconds a statement may run: none of ours takes a second, so a longer one hangs on a lock. */
const statementTimeout = 60_000

/** Offsets, epochs and times are below 2^53: they are read as numbers. */
const types: pg.CustomTypesConfig = {
  // the driver's own declaration of the default parser is this loose
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    id === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(id, format),
}

/** The pool that both adapters share. `tenant` is the one place where a workspace is set. */
export function openDatabase(config: pg.PoolConfig, telemetry: Telemetry): Database {
  const pool = new pg.Pool({
    max: 10,
    connectionTimeoutMillis: connectTimeout,
    statement_timeout: statementTimeout,
    ...config,
    types,
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it; its types do not say so
    onConnect: enterAsApplication,
  })
  // A connection that is lost while it is idle or in use tells its user by the failed query; the event would end us.
  // While we close, the server may end a connection before its goodbye has arrived: nobody misses that one.
  pool.on('error', error => {
    if (closing === undefined) telemetry.log('warn', 'lost a connection to PostgreSQL', { error: error.message })
  })
  pool.on('connect', client => client.on('error', () => undefined))
  const entered = new WeakMap<pg.PoolClient, string>()
  let closing: Promise<void> | undefined

  return {
    tenant: workspace => tenantOf(work => checkout(pool, entered, workspace ?? '', telemetry, work)),
    close: () => (closing ??= pool.end()),
  }
}

type Checkout = <T>(work: (client: pg.PoolClient) => Promise<T>) => Promise<T>

function tenantOf(checkout: Checkout): Tenant {
  return {
    query: (text, values) => checkout(client => queriesOf(client).query(text, values)),
    transaction: work => checkout(client => inTransaction(client, work)),
  }
}

async function checkout<T>(
  pool: pg.Pool,
  entered: WeakMap<pg.PoolClient, string>,
  workspace: string,
  telemetry: Telemetry,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const started = performance.now()
  try {
    return await repeated(async () => withClient(pool, entered, workspace, work))
  } catch (error) {
    throw fromDatabase(error)
  } finally {
    telemetry.observe('records_query', performance.now() - started)
  }
}

async function withClient<T>(
  pool: pg.Pool,
  entered: WeakMap<pg.PoolClient, string>,
  workspace: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  let lost = false
  try {
    await enterWorkspace(client, entered, workspace)
    return await work(client)
  } catch (error) {
    lost = isConnectionLost(error)
    throw error
  } finally {
    client.release(lost)
  }
}

/**
 * A connection keeps the workspace of its last use, so that the usual statement costs one round trip; before any other
 * use the setting is changed. It is set outside of transactions, so no rollback brings an old one back.
 */
async function enterWorkspace(
  client: pg.PoolClient,
  entered: WeakMap<pg.PoolClient, string>,
  workspace: string,
): Promise<void> {
  if (entered.get(client) === workspace) return
  entered.delete(client)
  await client.query("SELECT set_config('riskloom.workspace', $1, false)", [workspace])
  entered.set(client, workspace)
}

function queriesOf(client: pg.ClientBase): Queries {
  return {
    query: async (text, values) => (await client.query<Row>(text, values === undefined ? undefined : [...values])).rows,
  }
}

async function inTransaction<T>(client: pg.PoolClient, work: (queries: Queries) => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const result = await work(queriesOf(client))
    await client.query('COMMIT')
    return result
  } catch (error) {
    // on a lost connection the server rolls back by itself
    if (!isConnectionLost(error)) await client.query('ROLLBACK')
    throw error
  }
}

async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error)) throw error
    }
  }
}
