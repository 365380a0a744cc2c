import type { Bucket, TimeRange } from '../../schemas/api/situation.ts'
import { RiskloomError } from '../error.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** More points than this say nothing more on a screen. */
const mostBuckets = 2_000
const bucketMs: Readonly<Record<Bucket, number>> = { minute: minuteMs, '5min': 5 * minuteMs, hour: hourMs, day: dayMs }

/** Rollups know minutes: a range is widened to whole ones, and all numbers of a page use the widened one. */
export function wholeMinutes(range: TimeRange): TimeRange {
  const from = Math.floor(range.from / minuteMs) * minuteMs
  const to = Math.ceil(range.to / minuteMs) * minuteMs
  if (to <= from) throw new RiskloomError('invalid-request', `the range is empty: from ${range.from} to ${range.to}`)
  return { from, to }
}

/** The whole hours inside a range; undefined when there is none. */
export function wholeHours(range: TimeRange): TimeRange | undefined {
  const from = Math.ceil(range.from / hourMs) * hourMs
  const to = Math.floor(range.to / hourMs) * hourMs
  return from < to ? { from, to } : undefined
}

/** The equally long stretch before. Of a range that reaches into the future only what has passed is compared. */
export function periodBefore(range: TimeRange, now: number): TimeRange {
  const passed = Math.min(range.to, Math.ceil(now / minuteMs) * minuteMs)
  const length = (passed > range.from ? passed : range.to) - range.from
  return { from: range.from - length, to: range.from }
}

/** Some hundreds of points at most. */
export function chooseBucket({ from, to }: TimeRange): Bucket {
  const length = to - from
  if (length <= 6 * hourMs) return 'minute'
  if (length <= 36 * hourMs) return '5min'
  return length <= 31 * dayMs ? 'hour' : 'day'
}

/** Whole buckets that cover the range, in order; days begin at midnight of the time zone. */
export function bucketsOf(range: TimeRange, bucket: Bucket, timeZone: string): TimeRange[] {
  if ((range.to - range.from) / bucketMs[bucket] > mostBuckets) {
    throw new RiskloomError('invalid-request', `the range holds more than ${mostBuckets} buckets of ${bucket}`, {
      details: { field: 'bucket', value: bucket },
    })
  }
  const buckets: TimeRange[] = []
  let from = startOf(range.from, bucket, timeZone)
  while (from < range.to) {
    const to = nextStart(from, bucket, timeZone)
    buckets.push({ from, to })
    from = to
  }
  return buckets
}

function startOf(time: number, bucket: Bucket, timeZone: string): number {
  if (bucket !== 'day') return Math.floor(time / bucketMs[bucket]) * bucketMs[bucket]
  const midnight = Math.floor((time + offsetOf(time, timeZone)) / dayMs) * dayMs
  return utcOf(midnight, timeZone)
}

function nextStart(start: number, bucket: Bucket, timeZone: string): number {
  // A day has 23 to 25 hours: thirty hours later is the next one for certain.
  return bucket === 'day' ? startOf(start + 30 * hourMs, bucket, timeZone) : start + bucketMs[bucket]
}

/** The moment at which clocks of the zone show `local` (milliseconds as if they were UTC). */
function utcOf(local: number, timeZone: string): number {
  const guess = local - offsetOf(local, timeZone)
  return local - offsetOf(guess, timeZone)
}

/** Does the zone’s midnight fall on a whole hour of UTC over the range? Then hours are enough to build days. */
export function hasWholeHourOffset(range: TimeRange, timeZone: string): boolean {
  return [range.from, range.to].every(time => offsetOf(time, timeZone) % hourMs === 0)
}

/** Milliseconds that the zone is ahead of UTC at a time. */
function offsetOf(time: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return local - Math.floor(time / 1_000) * 1_000
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  try {
    const numeric = 'numeric'
    const fields = {
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    } as const
    const formatter = new Intl.DateTimeFormat('en-US', { ...fields, timeZone, hourCycle: 'h23' })
    formatters.set(timeZone, formatter)
    return formatter
  } catch (error) {
    throw new RiskloomError('invalid-request', `not a time zone: ${timeZone}`, {
      details: { field: 'timeZone', value: timeZone },
      cause: error,
    })
  }
}
