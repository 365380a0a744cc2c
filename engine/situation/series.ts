import type { SituationSeries } from '../../schemas/api/situation.ts'
import type { SeriesRow } from './queries.ts'

/** A chart with more lines is not read; the others are summed up and said to be. */
const mostSeries = 20

/** Series by label over the buckets, the largest first. A bucket without rows counts zero: rollups have no holes. */
export function seriesOf(
  rows: readonly SeriesRow[],
  starts: readonly number[],
): Pick<SituationSeries, 'series' | 'rest'> {
  const byLabel = new Map<string, { label: string; total: number; counts: number[] }>()
  for (const { start, label, decisions } of rows) {
    // Not by equality: engine and runtime may hold different editions of the time zones.
    const place = Math.max(
      0,
      starts.findLastIndex(from => from <= start),
    )
    const series = byLabel.get(label) ?? { label, total: 0, counts: starts.map(() => 0) }
    series.counts[place] = (series.counts[place] ?? 0) + decisions
    series.total += decisions
    byLabel.set(label, series)
  }
  const all = Array.from(byLabel.values()).sort(
    (left, right) => right.total - left.total || (left.label < right.label ? -1 : 1),
  )
  const others = all.slice(mostSeries)
  return { series: all.slice(0, mostSeries), rest: others.length === 0 ? null : summed(others, starts.length) }
}

function summed(series: readonly { total: number; counts: number[] }[], buckets: number): SituationSeries['rest'] {
  const counts = Array.from({ length: buckets }, (_, index) =>
    series.reduce((sum, one) => sum + (one.counts[index] ?? 0), 0),
  )
  return { labels: series.length, total: series.reduce((sum, one) => sum + one.total, 0), counts }
}
