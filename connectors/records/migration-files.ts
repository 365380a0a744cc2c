import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { RiskloomError } from '../../engine/error.ts'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly up: string
  readonly down: string
  /** SHA-256 of `up`: a migration that was applied must never change. */
  readonly checksum: string
}

const folder = new URL('./migrations/', import.meta.url)

/** The numbered pairs `0001_name.up.sql` and `0001_name.down.sql` of a folder, in order. */
export async function readMigrations(from: URL = folder): Promise<Migration[]> {
  const names = (await readdir(from)).filter(name => name.endsWith('.up.sql')).sort()
  const migrations = await Promise.all(names.map(name => readMigration(from, name.slice(0, -'.up.sql'.length))))
  migrations.forEach((migration, index) => {
    if (migration.version === index + 1) return
    throw new RiskloomError('migration-failed', `migration ${migration.name}: expected number ${index + 1}`)
  })
  return migrations
}

async function readMigration(from: URL, name: string): Promise<Migration> {
  const [up, down] = await Promise.all(
    ['up', 'down'].map(direction => readFile(new URL(`${name}.${direction}.sql`, from), 'utf8')),
  )
  if (up === undefined || down === undefined) throw new RiskloomError('migration-failed', `${name} is not a pair`)
  return { version: Number(name.slice(0, 4)), name, up, down, checksum: createHash('sha256').update(up).digest('hex') }
}
