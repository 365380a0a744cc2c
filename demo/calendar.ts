import { burstShape, type Burst } from './bursts.ts'
import { labelShares } from './content.ts'
import type { DemoLabel } from './labels.ts'
import { Random } from './random.ts'

/** Reports at each local hour, relative to the mean of a day: quiet nights, a rise at noon, the most in the evening. */
const hours = [
  0.75, 0.45, 0.28, 0.18, 0.14, 0.16, 0.28, 0.5, 0.75, 0.95, 1.05, 1.15, 1.4, 1.3, 1.1, 1.05, 1.05, 1.15, 1.3, 1.5, 1.8,
  1.95, 1.75, 1.25,
] as const
/** Sunday first. */
const weekdays = [1.18, 0.93, 0.9, 0.92, 0.96, 1.05, 1.2] as const

const minute = 60_000
const bucketMs = 5 * minute
const place = 0x3c19

/** Reports as a multiple of the mean at a moment (milliseconds since the epoch). */
function rhythm(time: number, utcOffsetMinutes: number): number {
  const local = new Date(time + utcOffsetMinutes * minute)
  const hour = local.getUTCHours()
  const part = local.getUTCMinutes() / 60
  const now = hours[hour] ?? 1
  const next = hours[(hour + 1) % 24] ?? 1
  return (now + (next - now) * part) * (weekdays[local.getUTCDay()] ?? 1)
}

export interface CalendarOptions {
  readonly seed: number
  readonly from: number
  readonly to: number
  readonly count: number
  readonly utcOffsetMinutes: number
}

/** Place of one event in time, and the burst it belongs to. */
export interface Moment {
  readonly time: number
  readonly burst: Burst | undefined
}

const shareOf = new Map<DemoLabel, number>(labelShares)

/** Spreads exactly `count` events over the time between `from` and `to`: which moment has the event of an index. */
export class Calendar {
  readonly #options: CalendarOptions
  readonly #bursts: readonly Burst[]
  /** Events before each bucket of five minutes, and behind the last one all of them. */
  readonly #before: Float64Array
  /** Share of each bucket that its burst adds. */
  readonly #added: Float64Array

  constructor(options: CalendarOptions, bursts: readonly Burst[]) {
    const buckets = Math.max(1, Math.ceil((options.to - options.from) / bucketMs))
    this.#options = options
    this.#bursts = bursts
    this.#before = new Float64Array(buckets + 1)
    this.#added = new Float64Array(buckets)
    let total = 0
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const [usual, added] = this.#weigh(bucket)
      this.#added[bucket] = usual + added === 0 ? 0 : added / (usual + added)
      total += usual + added
      this.#before[bucket + 1] = total
    }
    for (let bucket = 0; bucket <= buckets; bucket += 1) {
      this.#before[bucket] = Math.round(((this.#before[bucket] ?? 0) * options.count) / total)
    }
  }

  moment(index: number): Moment {
    const bucket = this.#bucketOf(index)
    const random = new Random(this.#options.seed, place, 1, index)
    const first = this.#before[bucket] ?? 0
    const many = (this.#before[bucket + 1] ?? 0) - first
    const start = this.#options.from + bucket * bucketMs
    const width = Math.min(bucketMs, this.#options.to - start)
    const time = Math.floor(start + (width * (index - first + random.next())) / many)
    const burst = random.chance(this.#added[bucket] ?? 0) ? this.#burstAt(start) : undefined
    return { time, burst }
  }

  /** Weight of what the time of day brings, with noise, and of what a burst adds to it. */
  #weigh(bucket: number): [usual: number, added: number] {
    const { seed, from, to, utcOffsetMinutes } = this.#options
    const start = from + bucket * bucketMs
    const width = Math.min(bucketMs, to - start) / bucketMs
    const noise = Math.exp(0.12 * new Random(seed, place, 0, bucket).bell())
    const usual = rhythm(start, utcOffsetMinutes) * noise * width
    const burst = this.#burstAt(start)
    if (burst === undefined) return [usual, 0]
    const progress = (start + bucketMs / 2 - burst.from) / (burst.to - burst.from)
    return [usual, (burst.lift - 1) * (shareOf.get(burst.label) ?? 0) * usual * burstShape(progress)]
  }

  #burstAt(start: number): Burst | undefined {
    const middle = start + bucketMs / 2
    return this.#bursts.find(burst => middle >= burst.from && middle < burst.to)
  }

  /** Last bucket with no more than `index` events before it that has events. */
  #bucketOf(index: number): number {
    let low = 0
    let high = this.#before.length - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#before[middle] ?? 0) <= index) low = middle
      else high = middle
    }
    return low
  }
}
