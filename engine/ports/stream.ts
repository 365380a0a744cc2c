import type { OffsetRange } from '../../schemas/position.ts'
import type { Port } from './port.ts'

/** One record as it is appended. The key decides the partition: equal keys keep their order. */
export interface NewRecord {
  readonly key: string | null
  readonly value: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** Explicit partition; wins over the key. */
  readonly partition?: number
}

export interface StoredRecord {
  readonly partition: number
  readonly offset: number
  /** Receipt, milliseconds since the epoch; never decreases within a partition. */
  readonly timestamp: number
  readonly key: string | null
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

export interface TopicInfo {
  readonly partitions: number
  /** Per partition: offset of the oldest record that is still there, and of the next one to come. */
  readonly ends: readonly { readonly earliest: number; readonly next: number }[]
}

/** Retention by age and size; whatever is exceeded first removes the oldest segments. Absent: kept for ever. */
export interface Retention {
  readonly ms?: number
  readonly bytes?: number
}

/**
 * A partitioned, durable log with consumer groups.
 * Topics are named `<workspace>/<name>`; the adapter maps the name to what its engine allows.
 */
export interface Stream extends Port {
  /** Makes the topic when it is missing; partitions of an existing topic may grow, never shrink. */
  ensureTopic(topic: string, options: { partitions: number; retention?: Retention }): Promise<void>
  deleteTopic(topic: string): Promise<void>
  /** Undefined when there is no such topic. */
  describe(topic: string): Promise<TopicInfo | undefined>
  /** Resolves when all records are durable; the positions come back in the order given. All or nothing. */
  append(topic: string, records: readonly NewRecord[]): Promise<{ partition: number; offset: number }[]>
  /** Records of one partition from an offset on, in order; empty at the end. Bounded by count and bytes (≥ 1 record). */
  read(
    topic: string,
    partition: number,
    from: number,
    limit: { records: number; bytes?: number },
  ): Promise<StoredRecord[]>
  /** Resolves when the topic has a record at or behind one of the offsets, or on abort or time-out (milliseconds). */
  wait(topic: string, from: readonly number[], timeoutMs: number, signal?: AbortSignal): Promise<void>
  /** Offset of the first record at or behind a time (milliseconds); `next` when there is none. */
  offsetAt(topic: string, partition: number, timestamp: number): Promise<number>
  /** Consumer groups: the committed offset is the next one to read. */
  readonly groups: StreamGroups
}

export interface StreamGroups {
  /** Durable when it resolves. Moving backwards is a seek and allowed. */
  commit(topic: string, group: string, offsets: readonly { partition: number; offset: number }[]): Promise<void>
  /** Per partition; undefined where nothing was committed. */
  committed(topic: string, group: string): Promise<(number | undefined)[]>
  /** Records behind the committed offset, and the age of the oldest of them (milliseconds, 0 when there is none). */
  lag(topic: string, group: string): Promise<{ records: number; ms: number }>
}

/** Number of positions in ranges. */
export function positionsIn(ranges: readonly OffsetRange[]): number {
  return ranges.reduce((sum, range) => sum + range.to - range.from, 0)
}
