import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { findBinaries } from '../../connectors/records/embedded/binaries.ts'
import { makeDatabase, ownerRole } from '../../connectors/records/embedded/data-folder.ts'
import { chooseLauncher, childEnvironment } from '../../connectors/records/embedded/launcher.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface PostgresServer {
  /** Runs a statement as superuser. */
  administer(statement: string): Promise<void>
  /** URL of a database on the server for a user. */
  url(user: string, password: string, database: string): string
  readonly superuser: { readonly user: string; readonly password: string }
  stop(): Promise<void>
}

/** A PostgreSQL on a TCP port of 127.0.0.1, as a server that is reached by URL would be. */
export async function postgresServer(): Promise<PostgresServer> {
  const folder = await temporaryFolder()
  const password = 'password-of-the-test-server'
  const data = join(folder.path, 'data')
  const launcher = await chooseLauncher(await findBinaries(), folder.path)
  await makeDatabase(launcher, data, password)
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'fsync=off', 'io_method=sync', 'max_connections=60']
  const { file, args, identity } = launcher.command(launcher.binaries.postgres, [
    '-D',
    data,
    '-k',
    '',
    ...settings.flatMap(setting => ['-c', setting]),
  ])
  const child = spawn(file, [...args], { ...identity, stdio: 'ignore', env: childEnvironment, cwd: '/' })
  const url = (user: string, secret: string, database: string): string =>
    `postgres://${user}:${secret}@127.0.0.1:${port}/${database}`
  const administer = (statement: string): Promise<void> => run(url(ownerRole, password, 'postgres'), statement)
  await eventually(() => administer('SELECT 1'))
  return {
    administer,
    url,
    superuser: { user: ownerRole, password },
    async stop() {
      child.kill('SIGINT')
      if (child.exitCode === null) await once(child, 'exit')
      await folder.remove()
    },
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // listening on TCP
  server.close()
  await once(server, 'close')
  return port
}

/** Tries again until it works, for at most 20 seconds. */
export async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 20_000; ; await new Promise(resolve => setTimeout(resolve, 50))) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}
