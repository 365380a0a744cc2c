import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Services } from '../api/services.ts'
import { chdbAnalytics } from '../connectors/analytics/index.ts'
import { folderBlobs } from '../connectors/blobs/index.ts'
import { memoryCache } from '../connectors/cache/index.ts'
import { systemClock, systemIds } from '../connectors/clock/system.ts'
import { guardedHttp } from '../connectors/http/index.ts'
import { localClassifiers, models, type LocalClassifiers } from '../connectors/models/index.ts'
import { quickjsSandbox } from '../connectors/sandbox/index.ts'
import { localSecrets } from '../connectors/secrets/index.ts'
import { sourceReaders } from '../connectors/sources/index.ts'
import { embeddedStream } from '../connectors/stream/index.ts'
import { pinoTelemetry } from '../connectors/telemetry/index.ts'
import { messageOf } from '../engine/error.ts'
import type { Blobs } from '../engine/ports/blobs.ts'
import type { Port } from '../engine/ports/port.ts'
import { pipelines } from '../pipelines/index.ts'
import { openEmbeddedDurable } from '../temporal/index.ts'
import type { Config } from './config.ts'
import { parseFaults } from './faults.ts'
import { openRecords } from './open-ports.ts'
import { productRoot, productVersion } from './product.ts'
import type { Scope } from './scope.ts'

/** The first workspace; others come by invitation. */
export const firstWorkspace = 'main'

/** All that runs in this process. */
export interface Platform {
  readonly services: Services
  readonly classifiers: LocalClassifiers
  readonly blobs: Blobs
  /** The address is known when the server listens. */
  setAddress(url: string): void
  /** Recovers what was under way and lets events flow. */
  startStreams(): Promise<void>
  /** Progress of the demonstration’s history; null when there is none to tell. */
  setBackfill(progress: { done: number; total: number } | null): void
}

/** Opens the ports in order, each with its way to stop; engines that do not need each other open side by side. */
export async function openServices(config: Config, running: Scope): Promise<Platform> {
  const telemetry = pinoTelemetry({ level: config.logLevel })
  const faults = parseFaults(config.fault)
  const clock = systemClock
  const ids = systemIds
  const folder = (name: string): string => join(config.dataFolder, name)

  // The stream holds the lock of the data folder: whoever comes second is refused before anything else is touched.
  const stream = opened(running, 'stream', await embeddedStream({ folder: folder('stream'), clock }))
  const [records, analytics, blobs] = await Promise.all([
    openRecords(config, telemetry).then(port => opened(running, 'records', port)),
    chdbAnalytics({ folder: folder('analytics'), telemetry }).then(port => opened(running, 'analytics', port)),
    folderBlobs({ folder: folder('blobs'), clock }).then(port => opened(running, 'blobs', port)),
  ])
  await Promise.all([records.migrate(), analytics.migrate()])
  const secrets = opened(
    running,
    'secrets',
    await localSecrets({
      keyFile: folder('master.key'),
      keys: { get: name => records.access.setting(name), set: (name, value) => records.access.setSetting(name, value) },
      ...(config.masterKey === undefined ? {} : { masterKey: config.masterKey }),
    }),
  )
  // A wrong master key stops the start here, and not the first model call.
  await secrets.seal(firstWorkspace, 'start')
  const cache = opened(running, 'cache', memoryCache({ clock }))
  const http = opened(running, 'http', guardedHttp({ allow: config.egressAllow, telemetry }))
  const sandbox = opened(running, 'sandbox', quickjsSandbox({ telemetry }))
  const classifiers = localClassifiers({ blobs, records, clock })
  const modelPort = opened(
    running,
    'models',
    models({ http, records, secrets, local: classifiers, clock, telemetry, faults, fallback: config.openai }),
  )
  const durable = opened(
    running,
    'durable',
    await openEmbeddedDurable({
      stream,
      telemetry,
      faults,
      services: { clock, ids, models: modelPort, http, sandbox },
      workspaces: () => records.access.workspaces(),
      loadVersion: (workspace, id) => records.workspace(workspace).apps.version(id),
    }),
  )
  const streams = pipelines({
    stream,
    records,
    analytics,
    blobs,
    durable,
    clock,
    ids,
    telemetry,
    faults,
    readers: sourceReaders,
  })
  const ports: Record<string, Port> = {
    stream,
    records,
    analytics,
    blobs,
    secrets,
    cache,
    http,
    sandbox,
    models: modelPort,
    durable,
  }

  let address = ''
  let backfill: { done: number; total: number } | null = null
  const services: Services = {
    settings: {
      version: productVersion(),
      localWorkspace: firstWorkspace,
      get publicUrl() {
        return address
      },
      bodyLimit: config.bodyLimit,
      ingestLimit: config.ingestLimit,
      dashboardFolder: dashboardFolder(),
      trustProxy: config.trustProxy,
    },
    records,
    stream,
    analytics,
    durable,
    secrets,
    cache,
    telemetry,
    clock,
    ids,
    streams,
    metrics: () => telemetry.metrics(),
    ports: () => Promise.all(Object.entries(ports).map(([name, port]) => portStatus(name, port))),
    backfill: () => Promise.resolve(backfill),
  }
  return {
    services,
    classifiers,
    blobs,
    setAddress(url) {
      address = url
    },
    async startStreams() {
      running.add('pipelines', () => streams.runner.stop())
      await streams.runner.start()
    },
    setBackfill(progress) {
      backfill = progress
    },
  }
}

function opened<Opened extends Port>(running: Scope, name: string, port: Opened): Opened {
  running.add(name, () => port.close())
  return port
}

async function portStatus(name: string, port: Port) {
  const { engine, shared } = port
  return port.check().then(
    () => ({ port: name, engine, shared, ready: true, error: null }),
    (error: unknown) => ({ port: name, engine, shared, ready: false, error: messageOf(error) }),
  )
}

function dashboardFolder(): string | null {
  const folder = join(productRoot(), 'dist', 'dashboard')
  return existsSync(folder) ? folder : null
}
