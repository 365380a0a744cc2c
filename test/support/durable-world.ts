import { join } from 'node:path'
import { systemClock } from '../../connectors/clock/system.ts'
import { embeddedStream } from '../../connectors/stream/index.ts'
import type { NodeServices } from '../../engine/nodes/node.ts'
import type { BatchRequest, Durable, RunRequest } from '../../engine/ports/durable.ts'
import { noFaults, type Faults } from '../../engine/ports/faults.ts'
import type { Stream } from '../../engine/ports/stream.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { decodeJson } from '../../engine/values/codec.ts'
import type { Run } from '../../schemas/run.ts'
import type { Version } from '../../schemas/version.ts'
import type { DurableLimits, DurableOptions } from '../../temporal/index.ts'
import { parallelDocument, pureDocument, twoCallsDocument, versionOf } from './workflow.ts'

export const workspace = 'main'

export const versions = {
  pure: versionOf(pureDocument()),
  twoCalls: versionOf(twoCallsDocument()),
  parallel: versionOf(parallelDocument()),
}

export interface LoggedLine {
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export function quietTelemetry(lines: LoggedLine[] = []): Telemetry {
  return {
    log: (level, message, fields = {}) => void lines.push({ level, message, fields }),
    count: () => {},
    gauge: () => {},
    observe: () => {},
  }
}

export interface World {
  readonly durable: Durable
  readonly stream: Stream
  readonly lines: LoggedLine[]
  close(): Promise<void>
}

export interface WorldOptions {
  readonly folder: string
  readonly open: (options: DurableOptions) => Promise<Durable>
  readonly services: NodeServices
  readonly faults?: Faults
  readonly limits?: Partial<DurableLimits>
  readonly known?: readonly Version[]
  /** Stands between the executor and the stream. */
  readonly wrap?: (stream: Stream) => Stream
  readonly chance?: () => number
}

/** A durable executor on a real stream in a folder. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const stream = await embeddedStream({ folder: join(options.folder, 'stream'), clock: systemClock })
  const lines: LoggedLine[] = []
  const known = options.known ?? Object.values(versions)
  const durable = await options.open({
    stream: options.wrap === undefined ? stream : options.wrap(stream),
    services: options.services,
    telemetry: quietTelemetry(lines),
    faults: options.faults ?? noFaults,
    workspaces: () => Promise.resolve([workspace]),
    loadVersion: (_, id) => Promise.resolve(known.find(version => version.id === id)),
    limits: { drainMs: 100, backOffMs: 10, commitMs: 20, ...options.limits },
    ...(options.chance === undefined ? {} : { chance: options.chance }),
  })
  return {
    durable,
    stream,
    lines,
    async close() {
      await durable.close()
      await stream.close()
    },
  }
}

export function request(version: Version, runId: string, inputs: RunRequest['inputs']): RunRequest {
  return { workspace, runId, version, purpose: 'live', user: 'u1', inputs }
}

/** A batch of so many items that call the model twice each. */
export function batchRequest(count: number, more: Partial<BatchRequest> = {}): BatchRequest {
  const items = Array.from({ length: count }, (_, index) => {
    const text = `q${index}`
    return { key: `0/${index}`, runId: `run-${index}`, inputs: { q: text, text } }
  })
  const names = { workspace, batchId: 'plan-1', version: versions.twoCalls, purpose: 'live' } as const
  return { ...names, items, concurrency: 4, attempts: 3, ...more }
}

/** All records of ended runs, in their order. */
export async function endedRuns(stream: Stream): Promise<Run[]> {
  const topic = topicOf.runs(workspace)
  const runs: Run[] = []
  for (let from = 0; ;) {
    const records = await stream.read(topic, 0, from, { records: 1_000 })
    if (records.length === 0) return runs
    for (const record of records) {
      runs.push(decodeJson(new TextDecoder().decode(record.value)) as unknown as Run) // written by the executor
      from = record.offset + 1
    }
  }
}

/** Waits until something is true; fails loudly when it does not become so. */
export async function eventually<Result>(
  look: () => Promise<Result | undefined> | Result | undefined,
  ms = 20_000,
): Promise<Result> {
  const until = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > until) throw new Error('it did not become true')
    await systemClock.sleep(10)
  }
}
