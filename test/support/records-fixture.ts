import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { systemClock } from '../../connectors/clock/system.ts'
import { recordsAdapters } from '../../connectors/records/index.ts'
import { openDatabase, type Database } from '../../connectors/records/database.ts'
import type { Records, WorkspaceRecords } from '../../engine/ports/records.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { postgresServer } from './postgres-server.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const quiet: Telemetry = { log() {}, count() {}, gauge() {}, observe() {} }

export interface RecordsFixture {
  readonly records: Records
  /** Raw statements, over connections of the kind the adapter itself uses. */
  readonly database: Database
  /** A migrated workspace of that name with an owner, a source, an app and its version. */
  workspace(id: string): Promise<WorkspaceRecords>
  close(): Promise<void>
}

/** One case per adapter, and for the URL both kinds of users it meets: one that may create roles and one that may not. */
export const recordsCases: readonly { name: string; open(): Promise<RecordsFixture> }[] = recordsAdapters.flatMap(
  ({ name, open }) =>
    name === 'embedded'
      ? [{ name, open: () => openEmbedded(open) }]
      : [
          { name: `${name}, superuser`, open: () => openByUrl(open, true) },
          { name: `${name}, plain owner of its database`, open: () => openByUrl(open, false) },
        ],
)

type Open = (typeof recordsAdapters)[number]['open']

async function openEmbedded(open: Open): Promise<RecordsFixture> {
  const folder = await temporaryFolder()
  const records = await open({ folder: folder.path, url: '', telemetry: quiet, clock: systemClock })
  return fixture(records, await embeddedLogin(folder.path), () => folder.remove())
}

/** The login of the application, as a thief of the folder’s secrets would have it. */
export async function embeddedLogin(folder: string): Promise<pg.PoolConfig> {
  const credentials = JSON.parse(await readFile(join(folder, 'credentials.json'), 'utf8')) as { application: string } // our own file
  return {
    host: join(folder, 'socket'),
    port: 5432,
    database: 'riskloom',
    user: 'riskloom_login',
    password: credentials.application,
  }
}

async function openByUrl(open: Open, superuser: boolean): Promise<RecordsFixture> {
  const server = await postgresServer()
  const { user, password } = superuser ? server.superuser : { user: 'plain', password: 'plain-password' }
  if (!superuser) await server.administer(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`)
  await server.administer(`CREATE DATABASE product OWNER ${user}`)
  const url = server.url(user, password, 'product')
  const records = await open({ folder: '', url, telemetry: quiet, clock: systemClock })
  return fixture(records, { connectionString: url }, () => server.stop())
}

async function fixture(records: Records, login: pg.PoolConfig, remove: () => Promise<void>): Promise<RecordsFixture> {
  await records.migrate()
  const database = openDatabase({ ...login, max: 2 }, quiet)
  return {
    records,
    database,
    workspace: id => furnish(records, id),
    async close() {
      await database.close()
      await records.close()
      await remove()
    },
  }
}

export const now = 1_764_000_000_000
export const versionId = '00000000-0000-7000-8000-000000000001'

export async function furnish(records: Records, id: string): Promise<WorkspaceRecords> {
  await records.access.ensureOwner(id, `${id}@example.org`, now)
  const workspace = records.workspace(id)
  await workspace.sources.create({
    name: 'posts',
    partitions: 2,
    settings: { kind: 'http', eventType: null },
    status: 'active',
    demo: false,
    createdAt: now,
  })
  await workspace.apps.save(sampleApp('triage'), now)
  await workspace.apps.publish(sampleVersion(versionId, 'a'))
  return workspace
}

type NewApp = Parameters<WorkspaceRecords['apps']['save']>[0]
type NewVersion = Parameters<WorkspaceRecords['apps']['publish']>[0]
type NewPipeline = Parameters<WorkspaceRecords['pipelines']['create']>[0]
type NewPlan = Parameters<WorkspaceRecords['plans']['create']>[0]

export function sampleApp(id: string): NewApp {
  return { id, name: '分流', description: '', mode: 'workflow', icon: '🛡', draft: 'app: {}', demo: false }
}

export function sampleVersion(id: string, digit: string): NewVersion {
  return {
    id,
    appId: 'triage',
    hash: digit.repeat(64),
    document: 'app: {}',
    bindings: { models: [], classifiers: [], policies: [{ id: 'spam', version: 1 }] },
    semantics: 1,
    author: 'a',
    note: '',
    createdAt: now,
  }
}

export function samplePipeline(id: string): NewPipeline {
  return {
    id,
    source: 'posts',
    incarnation: 1,
    appId: 'triage',
    versionId: null,
    settings: {
      filter: [],
      mapping: { text: 'data.text' },
      batchSize: 1000,
      batchWaitMs: 200,
      concurrency: 16,
      batchesInFlight: 2,
      attempts: 3,
      trace: 'full',
      duplicateWindowMs: 86_400_000,
    },
    status: 'running',
    createdAt: now,
  }
}

/** Plan number `n` of an epoch over ranges written as `partition:from-to`. */
export function samplePlan(n: number, epoch: number, ...ranges: readonly string[]): NewPlan {
  return {
    id: `00000000-0000-7000-9000-${String(n).padStart(12, '0')}`,
    pipeline: 'reports',
    epoch,
    versionId,
    createdAt: now + n,
    ranges: ranges.map(range => {
      const [partition = 0, from = 0, to = 0] = range.split(/[:-]/).map(Number)
      return { partition, from, to }
    }),
  }
}
