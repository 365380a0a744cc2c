import { messageOf, RiskloomError } from '../engine/error.ts'
import type { SourceReader, SourceRow } from '../engine/ports/source-reader.ts'
import type { NewRecord } from '../engine/ports/stream.ts'
import { topicOf } from '../engine/ports/topics.ts'
import type { Source } from '../schemas/source.ts'
import { partitionOf } from '../engine/ports/partition.ts'
import { eventContentType, headerNames } from './record-headers.ts'
import { createRetry } from './retry.ts'
import type { PipelineServices } from './services.ts'

/** A reader of an offline source at work. */
export interface Feed {
  readonly ended: Promise<void>
  stop(): void
}

/**
 * Reads an offline source into its topic and sets its status. The next chunk is read when the last one is durable, so
 * memory stays bounded. After a crash it goes on behind the last line of each partition: lines rise within a partition,
 * whatever a torn append left in the others.
 */
export function startFeed(services: PipelineServices, source: Source): Feed {
  const abort = new AbortController()
  const retry = createRetry(services, `source ${source.workspace}/${source.name}`)
  const topic = topicOf.source(source)
  const { sources } = services.records.workspace(source.workspace)

  async function feed(): Promise<void> {
    const reader = readerOf(services, source)
    const last = await retry('find the last line', () => lastLines(services, topic), abort.signal)
    for await (const rows of reader.read(source, abort.signal)) {
      const records = rows
        .map(row => recordOf(row, source.partitions))
        .filter(({ line, record }) => line > (last[record.partition] ?? 0))
      if (records.length > 0) await append(records.map(entry => entry.record))
    }
    if (!abort.signal.aborted)
      await retry('finish', () => sources.setStatus(source.name, 'finished', null), abort.signal)
  }

  /** After an append of unknown outcome the topic is asked what it has. */
  async function append(records: readonly (NewRecord & { partition: number })[]): Promise<void> {
    await retry(
      'append',
      async attempt => {
        const last = attempt === 1 ? undefined : await lastLines(services, topic)
        const missing =
          last === undefined
            ? records
            : records.filter(record => Number(record.headers?.[headerNames.line]) > (last[record.partition] ?? 0))
        if (missing.length > 0) await services.stream.append(topic, missing)
      },
      abort.signal,
    )
  }

  const ended = feed().catch(async (error: unknown) => {
    if (abort.signal.aborted) return
    services.telemetry.log('error', `source ${source.workspace}/${source.name} failed: ${messageOf(error)}`)
    await sources.setStatus(source.name, 'failed', messageOf(error)).catch((second: unknown) => {
      services.telemetry.log('error', `source ${source.name}: its failure could not be stored: ${messageOf(second)}`)
    })
  })
  return { ended, stop: () => abort.abort() }
}

export function readerOf(services: Pick<PipelineServices, 'readers'>, source: Source): SourceReader {
  const reader = services.readers.find(candidate => candidate.kind === source.settings.kind)
  if (reader === undefined)
    throw new RiskloomError('internal', `there is no reader for sources of kind ${source.settings.kind}`)
  return reader
}

function recordOf(row: SourceRow, partitions: number): { line: number; record: NewRecord & { partition: number } } {
  const headers = {
    [headerNames.contentType]: row.error === null ? eventContentType : 'text/plain',
    [headerNames.line]: String(row.line),
    ...(row.error === null ? {} : { [headerNames.error]: row.error }),
  }
  const value = Buffer.from(row.value)
  return { line: row.line, record: { key: row.key, value, headers, partition: partitionOf(row.key, partitions) } }
}

/** Line of the newest record, per partition; 0 where there is none. */
async function lastLines(services: PipelineServices, topic: string): Promise<number[]> {
  const info = await services.stream.describe(topic)
  return Promise.all(
    (info?.ends ?? []).map(async (end, partition) => {
      if (end.next === end.earliest) return 0
      const [record] = await services.stream.read(topic, partition, end.next - 1, { records: 1 })
      return Number(record?.headers[headerNames.line] ?? 0)
    }),
  )
}
