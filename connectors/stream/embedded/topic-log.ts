import { rm } from 'node:fs/promises'
import { codeOf, RiskloomError } from '../../../engine/error.ts'
import type { Clock } from '../../../engine/ports/clock.ts'
import type { NewRecord, Retention, TopicInfo } from '../../../engine/ports/stream.ts'
import { Bell } from '../../bell.ts'
import { syncFolder } from '../../durable-files.ts'
import type { BufferPool } from './buffer-pool.ts'
import { Group } from './group.ts'
import type { Handles } from './handles.ts'
import { openSegments } from './open-segments.ts'
import { partitionOf } from '../../../engine/ports/partition.ts'
import { expiredCount, isFull, sweepInterval } from './retention.ts'
import type { SegmentIndex } from './segment-index.ts'
import { appendDurably, createSegment, damaged, indexSegment, recoverSegment, type Segment } from './segment.ts'
import { readTopicFile, writeTopicFile, type TopicFile } from './topic-file.ts'

/** A group takes no more appends once it is this large; one append is never divided. */
const groupBytes = 4 << 20

/** What all topics of a stream have in common. */
export interface LogContext {
  readonly clock: Clock
  readonly handles: Handles
  readonly buffers: BufferPool
  readonly segmentBytes: number
  readonly onTornTail: (torn: { topic: string; file: string; bytes: number }) => void
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
  /** Rings at each new record, and when the topic goes away. */
  readonly changes = new Bell()
  #draining: Promise<void> | undefined
  #sweepDue = false
  readonly #sweepDone: (() => void)[] = []
  #sweptAt = 0
  #nextSpread = 0
  /** Why no append is taken any more; what was taken before is still written. */
  #stopped: unknown
  /** A failed write that could not be taken back: nothing may follow it. */
  #broken: unknown

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
    const file = await readTopicFile(folder)
    const { segments, last } = await openSegments(context.handles, folder)
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
  get broken(): unknown {
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
      await writeTopicFile(this.folder, file)
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
    this.changes.ring()
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
    for (;;) {
      // Whoever appends in the same turn of the event loop joins the group.
      await new Promise<void>(resolve => process.nextTick(resolve))
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
      await appendDurably(this.#context.handles, active, parts)
      for (const { partition, base, count, start, end } of frames) {
        active.index?.add(partition, base, timestamp, active.size + start, active.size + end)
        this.#next[partition] = base + count
      }
      active.size += frames.at(-1)?.end ?? 0
      this.#lastTimestamp = timestamp
      group.settle(before)
      this.changes.ring()
      this.#noteRetention()
    } catch (error) {
      if (codeOf(error) === 'corrupt-data') this.#broken = error
      group.fail(error)
    } finally {
      group.release()
    }
  }

  async #segmentForAppend(): Promise<Segment> {
    const active = this.#active()
    const now = this.#context.clock.now()
    return isFull(active, now, this.#context.segmentBytes, this.#file.retention) ? this.#roll() : active
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
    const interval = sweepInterval(this.#file.retention)
    if (interval !== undefined && this.#context.clock.monotonic() - this.#sweptAt >= interval) this.#sweepDue = true
  }

  async #removeExpired(): Promise<void> {
    this.#sweepDue = false
    this.#sweptAt = this.#context.clock.monotonic()
    const { retention } = this.#file
    const now = this.#context.clock.now()
    try {
      const active = this.#active()
      const allOld = this.#lastTimestamp < now - (retention.ms ?? Infinity)
      if (allOld && active.size > active.start) await this.#roll()
      // Oldest first and durable one by one, so that a crash leaves a log without gaps.
      for (const oldest of this.segments.slice(0, expiredCount(this.segments, now, retention))) {
        await rm(oldest.path, { force: true })
        await syncFolder(this.folder)
        this.segments.shift()
        this.#context.handles.drop(oldest.path)
      }
    } catch {
      // Retention is housekeeping: the disk may be full, and the next sweep tries again.
    } finally {
      for (const done of this.#sweepDone.splice(0)) done()
    }
  }
}

function removed(segment: Segment): RiskloomError {
  return new RiskloomError('offset-out-of-range', `${segment.path} was removed by retention`, {
    details: { file: segment.path },
  })
}
