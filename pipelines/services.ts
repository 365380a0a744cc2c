import type { Analytics } from '../engine/ports/analytics.ts'
import type { Blobs } from '../engine/ports/blobs.ts'
import type { Clock } from '../engine/ports/clock.ts'
import type { Durable } from '../engine/ports/durable.ts'
import type { Faults } from '../engine/ports/faults.ts'
import type { Ids } from '../engine/ports/ids.ts'
import type { Records } from '../engine/ports/records.ts'
import type { SourceReader } from '../engine/ports/source-reader.ts'
import type { Stream } from '../engine/ports/stream.ts'
import type { Telemetry } from '../engine/ports/telemetry.ts'

/** What pipelines work with. */
export interface PipelineServices {
  readonly stream: Stream
  readonly records: Records
  readonly analytics: Analytics
  readonly blobs: Blobs
  readonly durable: Durable
  readonly clock: Clock
  readonly ids: Ids
  readonly telemetry: Telemetry
  readonly faults: Faults
  /** Readers of offline sources, one a kind. */
  readonly readers: readonly SourceReader[]
}
