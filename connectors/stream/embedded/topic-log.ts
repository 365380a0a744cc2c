import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { RiskloomError } from '../../../engine/error.ts'
import type { Clock } from '../../../engine/ports/clock.ts'
import type { NewRecord, Retention, TopicInfo } from '../../../engine/ports/stream.ts'
import { diskError, syncFolder, unfinished, writeFileDurably } from '../../durable-files.ts'
import type { BufferPool } from './buffer-pool.ts'
import { Group } from './group.ts'
import type { Handles } from './handles.ts'
import { sequenceOf } from './names.ts'
import { partitionOf } from './partition.ts'
import { createSegment, damaged, indexSegment, openSegment, recoverSegment, type Segment } from './segment.ts'
import type { SegmentIndex } from './segment-index.ts'
import { writeAt } from './window.ts'

/** A group takes no more appends once it is this large; one append is never divided. */
const groupBytes = 4 << 20
const sweepEveryMs = 1000

const TopicFile = z.strictObject({
  v: z.literal(1),
  topic: z.string(),
  partitions: z.int().min(1),
  retention: z.strictObject({ ms: z.number().optional(), bytes: z.number().optional() }),
})
export type TopicFile = z.infer<typeof TopicFile>

/** What all topics of a stream have in common. */
export interface LogContext {
  readonly clock: Clock
  readonly handles: Handles
  readonly buffers: BufferPool
  readonly segmentBytes: number
  readonly onTornTail: (torn: { topic: string; file: string; bytes: number }) => void
}

/** Makes the folder of a new topic; the caller moves it to its place. */
export async function createTopicFolder(folder: string, file: TopicFile, now: number): Promise<void> {
  await mkdir(folder, { mode: 0o700 })
  await createSegment(folder, 1, { next: [], lastBefore: 0, startedAt: now })
  await writeFileDurably(join(folder, 'topic.json'), JSON.stringify(file))
}

/**
 * The log of one topic. All partitions share its segment files, so that one write and one sync make everything durable
 * that arrived meanwhile, and an append over several partitions is whole or absent even after a crash.
 */
export class TopicLog {
  readonly folder: string
  readonly segments: Segment[]
  #file: TopicFile
  /** Next offset per partition, durable. */
  readonly #next: number[]
  #lastTimestamp: number
  readonly #context: LogContext
  readonly #queue: Group[] = []
  readonly #waiting = new Set<() => void>()
  #draining: Promise<void> | undefined
  #sweepDue = false
  readonly #sweepDone: (() => void)[] = []
  #sweptAt = 0
  #nextSpread = 0
  /** Why no append is taken any more; what was taken before is still written. */
  #stopped: unknown
  /** A failed write that could not be taken back: nothing may follow it. */
  #broken: RiskloomError | undefined

  private constructor(
    folder: string,
    file: TopicFile,
    segments: Segment[],
    end: { next: number[]; lastTimestamp: number },
    context: LogContext,
  ) {
    this.folder = folder
    this.segments = segments
    this.#file = file
    this.#next = Array.from({ length: file.partitions }, (_, partition) => end.next[partition] ?? 0)
    this.#lastTimestamp = end.lastTimestamp
    this.#context = context
  }

  /** Fails with `corrupt-data` naming the file when acknowledged records are damaged. */
  static async open(folder: string, context: LogContext): Promise<TopicLog> {
    const file = await readTopicFile(join(folder, 'topic.json'))
    const names = await readdir(folder)
    for (const name of names) if (name.endsWith(unfinished)) await rm(join(folder, name), { force: true })
    const sequences = names.map(sequenceOf).filter(sequence => sequence !== undefined)
    sequences.sort((left, right) => left - right)
    const segments: Segment[] = []
    for (const sequence of sequences) {
      const previous = segments.at(-1)
      if (previous !== undefined && sequence !== previous.sequence + 1) {
        throw damaged(previous.path, previous.size, `the file that follows it is missing`)
      }
      segments.push(await openSegment(context.handles, folder, sequence))
    }
    const last = segments.at(-1)
    if (last === undefined) throw damaged(folder, 0, 'it holds no segment')
    const end = await recoverSegment(context.handles, last)
    if (end.cutBytes > 0) context.onTornTail({ topic: file.topic, file: last.path, bytes: end.cutBytes })
    return new TopicLog(folder, file, segments, end, context)
  }

  get topic(): string {
    return this.#file.topic
  }

  get partitions(): number {
    return this.#file.partitions
  }

  get stopped(): boolean {
    return this.#stopped !== undefined
  }

  /** Why the log takes no appends although nobody stopped it. */
  get broken(): RiskloomError | undefined {
    return this.#broken
  }

  earliest(partition: number): number {
    return this.segments[0]?.next[partition] ?? 0
  }

  next(partition: number): number {
    return this.#next[partition] ?? 0
  }

  info(): TopicInfo {
    const ends = this.#next.map((next, partition) => ({ earliest: this.earliest(partition), next }))
    return { partitions: this.partitions, ends }
  }

  async configure(partitions: number, retention: Retention): Promise<void> {
    const file: TopicFile = { v: 1, topic: this.topic, partitions: Math.max(partitions, this.partitions), retention }
    if (JSON.stringify(file) !== JSON.stringify(this.#file)) {
      await writeFileDurably(join(this.folder, 'topic.json'), JSON.stringify(file))
      this.#file = file
      while (this.#next.length < file.partitions) this.#next.push(0)
    }
    await this.sweep()
  }

  append(records: readonly NewRecord[]): Promise<{ partition: number; offset: number }[]> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped)
    if (records.length === 0) return Promise.resolve([])
    const partitions = records.map(record => this.#partitionFor(record))
    let group = this.#queue.at(-1)
    if (group === undefined || group.bytes >= groupBytes) {
      group = new Group(this.#context.buffers)
      this.#queue.push(group)
    }
    const appended = group.append(records, partitions)
    this.#wakeWriter()
    return appended
  }

  /** Resolves at the next record, when the topic goes away, or on abort. */
  change(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  /** Removes what retention no longer keeps. */
  sweep(): Promise<void> {
    this.#sweepDue = true
    this.#wakeWriter()
    return new Promise(resolve => this.#sweepDone.push(resolve))
  }

  /** The index of a segment; made now when it is not there yet. Fails with `corrupt-data`. */
  async indexOf(segment: Segment): Promise<SegmentIndex> {
    if (segment.index !== undefined) return segment.index
    const following = this.segments.find(other => other.sequence === segment.sequence + 1)
    if (following === undefined) throw removed(segment)
    return indexSegment(this.#context.handles, segment, following)
  }

  /** What was appended before still becomes durable; later appends fail with the reason. */
  async stop(reason: unknown): Promise<void> {
    this.#stopped = reason
    await this.#draining
    this.#wakeWaiting()
    for (const segment of this.segments) this.#context.handles.drop(segment.path)
  }

  #partitionFor(record: NewRecord): number {
    const { partition, key } = record
    if (partition === undefined) {
      return key === null ? this.#nextSpread++ % this.partitions : partitionOf(key, this.partitions)
    }
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions) {
      throw new RiskloomError(
        'invalid-request',
        `Topic ${this.topic} has partitions 0 to ${this.partitions - 1}, not ${partition}`,
        { details: { topic: this.topic, partition } },
      )
    }
    return partition
  }

  #wakeWriter(): void {
    this.#draining ??= this.#drain()
  }

  async #drain(): Promise<void> {
    // Whoever appends in the same turn of the event loop joins the first group.
    await new Promise<void>(resolve => process.nextTick(resolve))
    for (;;) {
      const group = this.#queue.shift()
      if (group !== undefined) await this.#commit(group)
      if (this.#sweepDue) await this.#removeExpired()
      if (this.#queue.length === 0 && !this.#sweepDue) break
    }
    // In the same turn as the look at the queue: an append after it starts the next drain.
    this.#draining = undefined
  }

  async #commit(group: Group): Promise<void> {
    try {
      if (this.#broken !== undefined) throw this.#broken
      const active = await this.#segmentForAppend()
      const before = [...this.#next]
      const timestamp = Math.max(this.#lastTimestamp, this.#context.clock.now())
      const place = { position: active.size, timestamp, seed: active.seed, next: before }
      const { parts, frames } = group.encode(place)
      await this.#writeDurably(active, parts)
      for (const { partition, base, count, start, end } of frames) {
        active.index?.add(partition, base, timestamp, active.size + start, active.size + end)
        this.#next[partition] = base + count
      }
      active.size += frames.at(-1)?.end ?? 0
      this.#lastTimestamp = timestamp
      group.settle(before)
      this.#wakeWaiting()
      this.#noteRetention()
    } catch (error) {
      group.fail(error)
    } finally {
      group.release()
    }
  }

  /** On failure the file is as long as before; when even that fails, the log takes no more. */
  async #writeDurably(active: Segment, parts: Buffer[]): Promise<void> {
    await this.#context.handles.use(active.path, async handle => {
      try {
        await writeAt(handle, parts, active.size)
        await handle.datasync()
      } catch (error) {
        await handle.truncate(active.size).catch((cause: unknown) => {
          this.#broken = damaged(active.path, active.size, 'a failed write could not be taken back', cause)
        })
        throw diskError(error, active.path)
      }
    })
  }

  async #segmentForAppend(): Promise<Segment> {
    const active = this.#active()
    const { ms, bytes } = this.#file.retention
    const limit = Math.min(this.#context.segmentBytes, bytes === undefined ? Infinity : bytes / 4)
    const old = ms !== undefined && this.#context.clock.now() - active.startedAt > ms / 4
    return active.size > active.start && (active.size >= limit || old) ? this.#roll() : active
  }

  async #roll(): Promise<Segment> {
    const lastBefore = this.#lastTimestamp
    const startedAt = Math.max(lastBefore, this.#context.clock.now())
    const sequence = this.#active().sequence + 1
    const segment = await createSegment(this.folder, sequence, { next: this.#next, lastBefore, startedAt })
    this.segments.push(segment)
    return segment
  }

  #active(): Segment {
    const active = this.segments.at(-1)
    if (active === undefined) throw damaged(this.folder, 0, 'it holds no segment')
    return active
  }

  #noteRetention(): void {
    const { ms, bytes } = this.#file.retention
    if (ms === undefined && bytes === undefined) return
    if (this.#context.clock.monotonic() - this.#sweptAt >= Math.min(sweepEveryMs, (ms ?? Infinity) / 4)) {
      this.#sweepDue = true
    }
  }

  async #removeExpired(): Promise<void> {
    this.#sweepDue = false
    this.#sweptAt = this.#context.clock.monotonic()
    const { ms = Infinity, bytes = Infinity } = this.#file.retention
    const before = this.#context.clock.now() - ms
    try {
      const active = this.#active()
      if (active.size > active.start && this.#lastTimestamp < before) await this.#roll()
      let total = this.segments.reduce((sum, segment) => sum + segment.size, 0)
      for (;;) {
        const [oldest, second] = this.segments
        if (oldest === undefined || second === undefined) return
        if (second.lastBefore >= before && total <= bytes) return
        // Oldest first and durable one by one, so that a crash leaves a log without gaps.
        await rm(oldest.path, { force: true })
        await syncFolder(this.folder)
        this.segments.shift()
        this.#context.handles.drop(oldest.path)
        total -= oldest.size
      }
    } catch {
      // Retention is housekeeping: the disk may be full, and the next sweep tries again.
    } finally {
      for (const done of this.#sweepDone.splice(0)) done()
    }
  }

  #wakeWaiting(): void {
    for (const wake of this.#waiting) wake()
  }
}

function removed(segment: Segment): RiskloomError {
  return new RiskloomError('offset-out-of-range', `${segment.path} was removed by retention`, {
    details: { file: segment.path },
  })
}

async function readTopicFile(path: string): Promise<TopicFile> {
  try {
    return TopicFile.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw damaged(path, 0, 'it does not describe a topic', error)
  }
}
