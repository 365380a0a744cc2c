import type { Analytics } from '../engine/ports/analytics.ts'
import type { Cache } from '../engine/ports/cache.ts'
import type { Clock } from '../engine/ports/clock.ts'
import type { Durable } from '../engine/ports/durable.ts'
import type { Ids } from '../engine/ports/ids.ts'
import type { Records } from '../engine/ports/records.ts'
import type { Secrets } from '../engine/ports/secrets.ts'
import type { Stream } from '../engine/ports/stream.ts'
import type { Telemetry } from '../engine/ports/telemetry.ts'
import type { Audit, PipelineInfo } from '../schemas/api/pipelines.ts'
import type { PortStatus, Status } from '../schemas/api/status.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { Source } from '../schemas/source.ts'

/** What the receiver of pushed events says of each batch. Line numbers and indexes count from 0 of the request. */
export interface IngestAnswer {
  readonly accepted: number
  readonly rejected: readonly { readonly index: number; readonly field: string; readonly message: string }[]
}

/** The running pipelines, as the API needs them. */
export interface Streams {
  /** Appends decoded JSON items as events; refuses single items, never silently. */
  ingest(source: Source, items: readonly unknown[]): Promise<IngestAnswer>
  /** Creates the topic and, for a file, begins to read it. */
  openSource(source: Source): Promise<void>
  /** Stops readers and removes the topic. */
  closeSource(source: Source): Promise<void>
  start(workspace: string, pipeline: string): Promise<void>
  pause(workspace: string, pipeline: string): Promise<void>
  describe(pipeline: Pipeline): Promise<PipelineInfo>
  audit(workspace: string, pipeline: string): Promise<Audit>
}

/** Everything the HTTP surface works with; wired in `platform/services.ts`. */
export interface Services {
  readonly settings: {
    readonly version: string
    /** Workspace of whoever comes through the private socket. */
    readonly localWorkspace: string
    readonly publicUrl: string
    readonly bodyLimit: number
    readonly ingestLimit: number
    readonly dashboardFolder: string | null
    readonly trustProxy: boolean
  }
  readonly records: Records
  readonly stream: Stream
  readonly analytics: Analytics
  readonly durable: Durable
  readonly secrets: Secrets
  readonly cache: Cache
  readonly telemetry: Telemetry
  readonly clock: Clock
  readonly ids: Ids
  readonly streams: Streams
  metrics(): Promise<string>
  ports(): Promise<PortStatus[]>
  backfill(workspace: string): Promise<Status['backfill']>
}
