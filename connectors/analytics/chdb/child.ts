/**
 * Entry of the process that owns the chDB folder. Arguments: folder, socket path, database, then arguments of the engine.
 * It lives as long as its parent: when the channel to it closes, nobody is left to answer.
 */
import { Session } from 'chdb'
import { chmodSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { messageOf } from '../../../engine/error.ts'
import { clickhouseServer } from './server.ts'
import { sessionPool, type SessionPool } from './sessions.ts'
import type { Statement } from './statement.ts'

/** Reads beside inserts, and two inserts beside each other. */
const readers = 3
const writers = 2
/** Memory that a burst left in the allocator goes back to the system after a pause of this length. */
const purgeAfterMs = 2_000

function open(folder: string, database: string, engineArguments: readonly string[]): Session {
  const session = new Session(folder, { connectionArgs: engineArguments })
  session.query(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`)
  session.query(`USE ${database}`)
  return session
}

/** Mode 2: nothing can be changed but settings, and the mode itself cannot be left. */
function readOnly(session: Session): Session {
  session.query('SET readonly = 2')
  return session
}

function purgeWhenIdle(pools: readonly SessionPool[], purge: () => Promise<unknown>): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (pools.some(pool => pool.active > 0)) return
      purge().catch(() => undefined)
    }, purgeAfterMs)
  }
}

function main(): void {
  const [folder = '', socketPath = '', database = '', ...engineArguments] = process.argv.slice(2)
  process.on('disconnect', () => {
    rmSync(dirname(socketPath), { recursive: true, force: true })
    // A plain exit would wait for statements that run; a killed engine loses nothing that was acknowledged.
    process.kill(process.pid, 'SIGKILL')
  })
  const openSession = (): Session => open(folder, database, engineArguments)
  const writes = sessionPool(openSession, writers)
  const reads = sessionPool(() => readOnly(openSession()), readers)
  const purge: Statement = { kind: 'command', sql: 'SYSTEM JEMALLOC PURGE', settings: new Map() }
  const touched = purgeWhenIdle([reads, writes], () => writes.run(purge, Buffer.alloc(0)))
  const server = clickhouseServer(async (statement, body) => {
    try {
      return await (statement.kind === 'read' ? reads : writes).run(statement, body)
    } finally {
      touched()
    }
  })
  process.on('message', () => {
    server.close(() => {
      reads.close()
      writes.close()
      process.exit(0)
    })
    server.closeIdleConnections()
  })
  rmSync(socketPath, { force: true })
  server.listen(socketPath, () => {
    chmodSync(socketPath, 0o600)
    process.send?.({ type: 'ready' })
  })
}

try {
  main()
} catch (error) {
  process.send?.({ type: 'failed', message: messageOf(error) }, () => process.exit(1))
}
