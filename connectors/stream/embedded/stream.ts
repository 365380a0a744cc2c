import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RiskloomError } from '../../../engine/error.ts'
import type { Clock } from '../../../engine/ports/clock.ts'
import type { Stream, StreamGroups } from '../../../engine/ports/stream.ts'
import { syncFolder, writeFileDurably } from '../../durable-files.ts'
import { BufferPool } from './buffer-pool.ts'
import { lockFolder } from './folder-lock.ts'
import { frameBytes } from './group.ts'
import { Handles } from './handles.ts'
import { findOffset, readFrom } from './read.ts'
import type { LogContext, TopicLog } from './topic-log.ts'
import { Topics } from './topics.ts'

/** Files held open at most, beside those in use at the moment. */
const openFiles = 32
const sweepEveryMs = 10_000
const defaultSegmentBytes = 64 << 20

export interface EmbeddedStreamOptions {
  readonly folder: string
  readonly clock: Clock
  /** A segment file ends when it has grown beyond this (default 64 MB). */
  readonly segmentBytes?: number
  /** Told when a write that a crash tore was cut off; nothing that was acknowledged is in it. */
  readonly onTornTail?: LogContext['onTornTail']
}

/**
 * The stream in a folder of this machine, for one process. Topics are opened when they are first used.
 * Fails with `data-folder-in-use`; its methods with `stream-not-found`, `disk-full`, `offset-out-of-range` and, naming
 * the file, `corrupt-data`.
 */
export async function embeddedStream(options: EmbeddedStreamOptions): Promise<Stream> {
  const { folder, clock, segmentBytes = defaultSegmentBytes, onTornTail = () => undefined } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await syncFolder(dirname(folder))
  const unlock = await lockFolder(folder)
  const handles = new Handles(openFiles)
  const context = { clock, handles, segmentBytes, onTornTail, buffers: new BufferPool(frameBytes) }
  const topics = await Topics.open(join(folder, 'topics'), context).catch((error: unknown) => {
    unlock()
    throw error
  })
  const sweeping = setInterval(() => void topics.sweep(), sweepEveryMs).unref()

  let probing: Promise<void> | undefined
  return {
    engine: 'embedded',
    shared: false,
    ensureTopic: (topic, { partitions, retention = {} }) => topics.ensure(topic, partitions, retention),
    deleteTopic: topic => topics.delete(topic),
    describe: async topic => (await topics.find(topic))?.log.info(),
    append: (topic, records) => {
      const ready = topics.ready(topic)
      if (ready !== undefined) return ready.log.append(records)
      // The caller may reuse its memory as soon as this returns.
      const kept = records.map(record => ({ ...record, value: Uint8Array.from(record.value) }))
      return topics.get(topic).then(({ log }) => log.append(kept))
    },
    read: async (topic, partition, from, limit) => {
      const { log } = await topics.get(topic)
      checkPartition(log, partition)
      return readFrom(log, handles, partition, from, limit)
    },
    wait: async (topic, from, timeoutMs, signal) => {
      const { log } = await topics.get(topic)
      await waitFor(log, clock, from, timeoutMs, signal)
    },
    offsetAt: async (topic, partition, timestamp) => {
      const { log } = await topics.get(topic)
      checkPartition(log, partition)
      return findOffset(log, handles, partition, timestamp)
    },
    groups: groupsOf(topics, clock, handles),
    check: async () => {
      topics.check()
      // Several may ask at once: two probes would remove each other's file.
      probing ??= probe(folder).finally(() => (probing = undefined))
      await probing
    },
    close: async () => {
      clearInterval(sweeping)
      await topics.close()
      await handles.close()
      unlock()
    },
  }
}

/** Says `disk-full` before the next append would. */
async function probe(folder: string): Promise<void> {
  const path = join(folder, 'probe')
  await writeFileDurably(path, Buffer.alloc(4096))
  await rm(path, { force: true })
}

function groupsOf(topics: Topics, clock: Clock, handles: Handles): StreamGroups {
  return {
    commit: async (topic, group, offsets) => {
      const { log, groups } = await topics.get(topic)
      for (const { partition, offset } of offsets) {
        checkPartition(log, partition)
        if (!Number.isSafeInteger(offset) || offset < 0) throw invalid(log, `${offset} is no offset`, { offset })
      }
      await groups.commit(group, offsets)
    },
    committed: async (topic, group) => {
      const { log, groups } = await topics.get(topic)
      const offsets = await groups.committed(group)
      return Array.from({ length: log.partitions }, (_, partition) => offsets[partition] ?? undefined)
    },
    lag: async (topic, group) => {
      const { log, groups } = await topics.get(topic)
      const offsets = await groups.committed(group)
      let records = 0
      let oldest = Infinity
      for (let partition = 0; partition < log.partitions; partition++) {
        const from = Math.max(offsets[partition] ?? 0, log.earliest(partition))
        const behind = log.next(partition) - from
        if (behind <= 0) continue
        records += behind
        const [first] = await readFrom(log, handles, partition, from, { records: 1 })
        oldest = Math.min(oldest, first?.timestamp ?? Infinity)
      }
      return { records, ms: records === 0 ? 0 : Math.max(0, clock.now() - oldest) }
    },
  }
}

async function waitFor(
  log: TopicLog,
  clock: Clock,
  from: readonly number[],
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const over = new AbortController()
  const end = (): void => over.abort()
  // Not AbortSignal.any: in Node 20 a signal that lives long remembers every wait.
  signal?.addEventListener('abort', end, { once: true })
  const timer = clock.sleep(timeoutMs, over.signal).then(end, () => undefined)
  const idle = (): boolean => !log.stopped && !from.some((offset, partition) => log.next(partition) > offset)
  while (!signal?.aborted && !over.signal.aborted && idle()) await log.changes.next(over.signal)
  signal?.removeEventListener('abort', end)
  end()
  await timer
}

function checkPartition(log: TopicLog, partition: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < log.partitions) return
  throw invalid(log, `it has partitions 0 to ${log.partitions - 1}, not ${partition}`, { partition })
}

function invalid(log: TopicLog, reason: string, details: Record<string, unknown>): RiskloomError {
  return new RiskloomError('invalid-request', `Topic ${log.topic}: ${reason}`, {
    details: { topic: log.topic, ...details },
  })
}
