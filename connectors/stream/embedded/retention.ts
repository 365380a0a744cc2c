import type { Retention } from '../../../engine/ports/stream.ts'
import type { Segment } from './segment.ts'

const sweepEveryMs = 1000

/** Should the last segment end now, so that it can be removed when its time comes? Whole segments leave, so they are cut
 * small enough that about a quarter too much is kept. */
export function isFull(segment: Segment, now: number, segmentBytes: number, { ms, bytes }: Retention): boolean {
  if (segment.size === segment.start) return false
  if (segment.size >= Math.min(segmentBytes, (bytes ?? Infinity) / 4)) return true
  return ms !== undefined && now - segment.startedAt > ms / 4
}

/** How many of the oldest segments hold only what is no longer kept. The last one always stays. */
export function expiredCount(segments: readonly Segment[], now: number, retention: Retention): number {
  const { ms = Infinity, bytes = Infinity } = retention
  let total = segments.reduce((sum, segment) => sum + segment.size, 0)
  for (let count = 0; ; count++) {
    const oldest = segments[count]
    const second = segments[count + 1]
    if (oldest === undefined || second === undefined) return count
    if (second.lastBefore >= now - ms && total <= bytes) return count
    total -= oldest.size
  }
}

/** Milliseconds between two looks at what has expired; undefined when everything is kept. */
export function sweepInterval({ ms, bytes }: Retention): number | undefined {
  if (ms === undefined && bytes === undefined) return undefined
  return Math.min(sweepEveryMs, (ms ?? Infinity) / 4)
}
