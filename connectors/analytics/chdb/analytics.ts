import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { mkdir } from 'node:fs/promises'
import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Analytics } from '../../../engine/ports/analytics.ts'
import type { Telemetry } from '../../../engine/ports/telemetry.ts'
import { analyticsOver } from '../analytics.ts'
import { chdbProcess } from './process.ts'

const database = 'riskloom'
const requestTimeoutMs = 180_000

/** Connects to a Unix socket whatever host the request names. */
class SocketAgent extends Agent {
  readonly #path: string

  constructor(path: string) {
    super({ keepAlive: true, maxSockets: 32 })
    this.#path = path
  }

  override createConnection(): Socket {
    return connect(this.#path)
  }
}

/**
 * ClickHouse as a library (chDB), in a process of its own that only we reach.
 * Fails with `data-folder-in-use` when another process holds the folder.
 */
export async function chdbAnalytics(options: { folder: string; telemetry: Telemetry }): Promise<Analytics> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  const owned = await chdbProcess({ ...options, database })
  const client = createClient({
    url: 'http://chdb',
    database,
    http_agent: new SocketAgent(owned.socketPath),
    request_timeout: requestTimeoutMs,
    compression: { request: false, response: false },
    log: { level: ClickHouseLogLevel.OFF },
  })
  return analyticsOver(
    {
      engine: 'chdb',
      shared: false,
      client,
      ready: () => owned.ready(),
      async close() {
        await client.close()
        await owned.close()
      },
    },
    options.telemetry,
  )
}
