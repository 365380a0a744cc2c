import type pg from 'pg'
import type { Records } from '../../engine/ports/records.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { openDatabase, type Tenant } from './database.ts'
import { listMigrations, migrate } from './migrate.ts'
import { accessRecords } from './repositories/access.ts'
import { appRecords } from './repositories/apps.ts'
import { modelRecords } from './repositories/models.ts'
import { pipelineRecords } from './repositories/pipelines.ts'
import { planRecords } from './repositories/plans.ts'
import { policyRecords } from './repositories/policies.ts'
import { sampleRecords } from './repositories/samples.ts'
import { sourceRecords } from './repositories/sources.ts'

/** How a server is reached: as the owner of the tables for migrations, as the application for everything else. */
export interface Connections {
  readonly owner: pg.ClientConfig
  readonly application: pg.PoolConfig
}

/** A records adapter over any PostgreSQL; the adapters differ in where the server comes from and in who stops it. */
export function recordsOver(options: {
  engine: string
  shared: boolean
  connections: Connections
  telemetry: Telemetry
  stop(): Promise<void>
}): Records {
  const database = openDatabase(options.connections.application, options.telemetry)
  const installation = database.tenant(null)
  return {
    engine: options.engine,
    shared: options.shared,
    access: accessRecords(installation),
    workspace: id => workspaceRecords(database.tenant(id)),
    migrate: to => migrate(options.connections.owner, to),
    migrations: () => listMigrations(options.connections.owner),
    async check() {
      await installation.query('SELECT 1')
    },
    async close() {
      await database.close()
      await options.stop()
    },
  }
}

function workspaceRecords(tenant: Tenant): ReturnType<Records['workspace']> {
  return {
    apps: appRecords(tenant),
    sources: sourceRecords(tenant),
    pipelines: pipelineRecords(tenant),
    plans: planRecords(tenant),
    policies: policyRecords(tenant),
    models: modelRecords(tenant),
    samples: sampleRecords(tenant),
  }
}
