import type { ClickHouseClient } from '@clickhouse/client'
import { setTimeout as delay } from 'node:timers/promises'
import { fromEngine, isConnectionLost } from './errors.ts'

/** A ClickHouse that the stock client reaches. Adapters differ in nothing else. */
export interface Connection {
  readonly engine: string
  readonly shared: boolean
  readonly client: ClickHouseClient
  /** Resolves when statements can be sent; rejects when that will not be. */
  ready(): Promise<void>
  close(): Promise<void>
}

const tries = 6
const firstWaitMs = 50
const longestWaitMs = 2_000

/**
 * Sends a statement that may run twice without harm, and sends it again while the connection breaks.
 * A statement that takes the engine down with it is given up after a few tries.
 */
export async function insist<T>(
  connection: Connection,
  statement: 'read' | 'write',
  signal: AbortSignal | undefined,
  send: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.ready()
      return await send()
    } catch (error) {
      if (signal?.aborted === true || attempt === tries || !isConnectionLost(error)) throw fromEngine(error, statement)
      await delay(Math.min(firstWaitMs * 2 ** attempt, longestWaitMs))
    }
  }
}
