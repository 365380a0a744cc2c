import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chdbAnalytics } from '../../connectors/analytics/index.ts'
import { folderBlobs } from '../../connectors/blobs/index.ts'
import { systemClock, systemIds } from '../../connectors/clock/system.ts'
import { guardedHttp } from '../../connectors/http/index.ts'
import { models } from '../../connectors/models/index.ts'
import { embeddedRecords } from '../../connectors/records/index.ts'
import { sourceReaders } from '../../connectors/sources/index.ts'
import { embeddedStream } from '../../connectors/stream/index.ts'
import { noFaults, type Faults } from '../../engine/ports/faults.ts'
import type { Models } from '../../engine/ports/models.ts'
import type { Records } from '../../engine/ports/records.ts'
import type { Sandbox } from '../../engine/ports/sandbox.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import type { PipelineServices } from '../../pipelines/index.ts'
import { openEmbeddedDurable } from '../../temporal/index.ts'

export interface Twins {
  readonly services: PipelineServices
  close(): Promise<void>
}

export interface TwinOptions {
  readonly folder: string
  readonly faults?: Faults
  readonly telemetry?: Telemetry
  /** Answers code nodes; without one they fail. */
  readonly sandbox?: Sandbox
  /** `host:port` of the server that answers llm nodes; without one they fail. */
  readonly modelAddress?: string
}

const silent: Telemetry = { log() {}, count() {}, gauge() {}, observe() {} }

const port = { engine: 'test', shared: false, check: () => Promise.resolve(), close: () => Promise.resolve() }

const unused = () => Promise.reject(new Error('this test calls no model and no address'))

const noModels: Models = { ...port, chat: unused, classify: unused }

const noSandbox: Sandbox = { ...port, languages: [], run: () => Promise.reject(new Error('this test has no sandbox')) }

/** The embedded engines that a pipeline needs, in one folder, migrated; the nodes’ outside world is the test’s. */
export async function openTwins(options: TwinOptions): Promise<Twins> {
  const { folder, faults = noFaults, telemetry = silent, sandbox = noSandbox } = options
  await mkdir(folder, { recursive: true })
  const clock = systemClock
  const ids = systemIds
  const stream = await embeddedStream({ folder: join(folder, 'stream'), clock })
  const [records, analytics, blobs] = await Promise.all([
    embeddedRecords({ folder: join(folder, 'records'), telemetry, clock }),
    chdbAnalytics({ folder: join(folder, 'analytics'), telemetry }),
    folderBlobs({ folder: join(folder, 'blobs'), clock }),
  ])
  await Promise.all([records.migrate(), analytics.migrate()])
  const chat = modelsAt({ ...options, faults, telemetry }, records)
  const durable = await openEmbeddedDurable({
    stream,
    telemetry,
    faults,
    services: {
      clock,
      ids,
      sandbox,
      models: chat.models,
      http: { ...port, request: unused, fetch: () => unused },
    },
    workspaces: () => records.access.workspaces(),
    loadVersion: (workspace, id) => records.workspace(workspace).apps.version(id),
  })
  const services: PipelineServices = {
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
  }
  return {
    services,
    async close() {
      for (const one of [durable, chat, blobs, analytics, records, stream]) await one.close()
    },
  }
}

/** The models of the records, behind the guard that opens the one address; none without an address. */
function modelsAt(
  options: Required<Pick<TwinOptions, 'faults' | 'telemetry'>> & Pick<TwinOptions, 'modelAddress'>,
  records: Records,
): { readonly models: Models; close(): Promise<void> } {
  const { modelAddress, faults, telemetry } = options
  if (modelAddress === undefined) return { models: noModels, close: () => Promise.resolve() }
  const http = guardedHttp({ allow: [modelAddress] })
  const local = { classify: unused, classifyNow: () => undefined }
  const chat = models({ http, records, secrets: { open: unused }, local, clock: systemClock, telemetry, faults })
  return {
    models: chat,
    async close() {
      await chat.close()
      await http.close()
    },
  }
}
