import type { NodeServices } from '../engine/nodes/node.ts'
import type { Faults } from '../engine/ports/faults.ts'
import type { Stream } from '../engine/ports/stream.ts'
import type { Telemetry } from '../engine/ports/telemetry.ts'
import type { Version } from '../schemas/version.ts'
import type { DriveLimits } from './drive.ts'

export interface DurableLimits extends DriveLimits {
  /** Milliseconds that `close` waits for runs to end by themselves. */
  readonly drainMs: number
  /** Wait before the second try of an item; doubles with each further try, and is shortened by chance by up to a half. */
  readonly backOffMs: number
  readonly maximumBackOffMs: number
  /** Milliseconds between two moves of the journal's low-water mark. */
  readonly commitMs: number
  /** Milliseconds for which an ended run, and its events, can be read here. */
  readonly recentMs: number
  /** Ended runs whose events are kept. */
  readonly recentLogs: number
}

export const defaultLimits: DurableLimits = {
  runMs: 1_200_000,
  nodeMs: 600_000,
  drainMs: 10_000,
  backOffMs: 500,
  maximumBackOffMs: 60_000,
  commitMs: 2_000,
  recentMs: 600_000,
  recentLogs: 1_000,
}

/** What every adapter of the durable port is opened with. */
export interface DurableOptions {
  /** Journal and feed of ended runs. Stays open: whoever made it closes it. */
  readonly stream: Stream
  readonly services: NodeServices
  readonly telemetry: Telemetry
  readonly faults: Faults
  /** Workspaces that may have unfinished runs. */
  workspaces(): Promise<readonly string[]>
  /** Undefined when the version is gone. */
  loadVersion(workspace: string, versionId: string): Promise<Version | undefined>
  readonly limits?: Partial<DurableLimits>
  /** In [0, 1), for the jitter of back-offs. */
  readonly chance?: () => number
}

/** The options with everything filled in, and the end of the process as a signal. */
export interface Setting extends Required<Omit<DurableOptions, 'limits'>> {
  readonly limits: DurableLimits
  /** Aborts when the executor closes and gives its unfinished runs up until the next start. */
  readonly closing: AbortSignal
}
