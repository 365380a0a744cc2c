/** A span is closed when this many bytes of its partition, or this many of the file, lie in it. */
const ownBytes = 32 << 10
const fileBytes = 1 << 20

/** Where a partition’s records lie in a segment. A span may hold frames of other partitions, which a reader skips. */
class Spans {
  readonly offsets: number[] = []
  readonly timestamps: number[] = []
  readonly starts: number[] = []
  readonly ends: number[] = []
  #own = 0

  add(base: number, timestamp: number, start: number, end: number): void {
    const last = this.starts.length - 1
    const lastStart = this.starts[last]
    if (lastStart !== undefined && this.#own < ownBytes && end - lastStart <= fileBytes) {
      this.ends[last] = end
      this.#own += end - start
      return
    }
    this.offsets.push(base)
    this.timestamps.push(timestamp)
    this.starts.push(start)
    this.ends.push(end)
    this.#own = end - start
  }
}

/** A piece of a segment file. */
export interface Piece {
  readonly start: number
  readonly end: number
}

/** Sparse index of one segment, in memory: per partition, offset and time → place in the file. */
export class SegmentIndex {
  readonly #partitions = new Map<number, Spans>()

  add(partition: number, base: number, timestamp: number, start: number, end: number): void {
    const spans = this.#partitions.get(partition) ?? new Spans()
    this.#partitions.set(partition, spans)
    spans.add(base, timestamp, start, end)
  }

  /** The piece that holds an offset and, as far as they follow directly, later ones, up to about `bytes`. */
  pieceAt(partition: number, offset: number, bytes: number): Piece | undefined {
    const spans = this.#partitions.get(partition)
    if (spans === undefined) return undefined
    let at = lastNotAbove(spans.offsets, offset)
    const start = spans.starts[at]
    let end = spans.ends[at]
    if (start === undefined || end === undefined) return undefined
    while (end - start < bytes && spans.starts[at + 1] === end) end = spans.ends[++at] ?? end
    return { start, end }
  }

  /** The pieces that can hold the first record at or behind a time, in order. */
  piecesFrom(partition: number, timestamp: number): Piece[] {
    const spans = this.#partitions.get(partition)
    if (spans === undefined) return []
    // Records of exactly this time may begin in the span before the first one that starts with it.
    const at = Math.max(0, lastNotAbove(spans.timestamps, timestamp - 1))
    return spans.starts.slice(at, at + 2).map((start, index) => ({ start, end: spans.ends[at + index] ?? start }))
  }
}

/** Index of the last number that is not above the limit; −1 when all are. */
function lastNotAbove(sorted: readonly number[], limit: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? Infinity) <= limit) low = middle + 1
    else high = middle
  }
  return low - 1
}
