import type { SituationSeries } from '../../schemas/api/situation.ts'

/** A point of all lines. A count is null where nothing was counted, which is not zero. */
export interface Point {
  readonly at: number
  readonly [key: `label:${string}`]: number | null
}

/** Keys of points are prefixed: a label may be called `at`, or be empty. */
export const keyOf = (label: string): `label:${string}` => `label:${label}`
export const labelOf = (key: string): string => key.slice('label:'.length)

export function pointsOf(series: SituationSeries): Point[] {
  const missing = missingBuckets(series)
  return series.buckets.map(({ from }, index) => ({
    at: from,
    ...Object.fromEntries(
      series.series.map(({ label, counts }) => [keyOf(label), missing.has(index) ? null : (counts[index] ?? 0)]),
    ),
  }))
}

/** With so many events in an average bucket, one without any (chance e⁻¹⁰) was an outage and no calm. */
const busy = 10

/**
 * Buckets of which nothing is known: those before the first and behind the last event, and empty ones between them when
 * the stream is busy.
 */
export function missingBuckets({ buckets, series, rest }: SituationSeries): ReadonlySet<number> {
  const sums = buckets.map((_, index) =>
    series.reduce((sum, { counts }) => sum + (counts[index] ?? 0), rest?.counts[index] ?? 0),
  )
  const first = sums.findIndex(sum => sum > 0)
  const last = sums.findLastIndex(sum => sum > 0)
  const known = sums.slice(first, last + 1)
  const mean = known.reduce((sum, count) => sum + count, 0) / Math.max(1, known.filter(count => count > 0).length)
  const unknown = (index: number): boolean => index < first || index > last || mean >= busy
  return new Set(sums.flatMap((sum, index) => (sum === 0 && unknown(index) ? [index] : [])))
}

/** Stretches of the axis that lead to a bucket which the range or the present cuts: their numbers are not whole yet. */
export function openEnds({ buckets }: SituationSeries): { from: number; to: number }[] {
  const stretch = (cut: number, whole: number): { from: number; to: number }[] => {
    const [a, b] = [buckets.at(cut), buckets.at(whole)]
    if (buckets.length < 2 || a === undefined || b === undefined || a.complete) return []
    return [{ from: Math.min(a.from, b.from), to: Math.max(a.from, b.from) }]
  }
  return [...stretch(0, 1), ...stretch(-1, -2)]
}

const minute = 60_000
const hour = 60 * minute
export const dayMs = 24 * hour
const steps = [
  minute,
  5 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  dayMs,
  2 * dayMs,
  7 * dayMs,
  14 * dayMs,
  30 * dayMs,
  90 * dayMs,
]

/** Round moments of the axis, at most `most`. `offsetMs` is how far the shown clock is ahead of UTC. */
export function ticksOf(from: number, to: number, offsetMs: number, most: number): { stepMs: number; at: number[] } {
  const stepMs = steps.find(step => (to - from) / step <= most) ?? to - from
  const first = Math.ceil((from + offsetMs) / stepMs) * stepMs - offsetMs
  const at = Array.from(
    { length: Math.max(0, Math.floor((to - first) / stepMs) + 1) },
    (_, index) => first + index * stepMs,
  )
  return { stepMs, at }
}
