import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

type Labels = Readonly<Record<string, string>>

/** Seconds; from half a millisecond to a minute. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Label sets of one metric beyond this number are counted under the label value `other`: memory stays bounded. */
const maximumSeries = 500

/** Counters, gauges and histograms that come into being when they are first used, in a registry of their own. */
export function metrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const series = new Map<string, Set<string>>()

  const bounded = (name: string, labels: Labels): Labels => {
    const known = series.get(name) ?? new Set<string>()
    series.set(name, known)
    const key = JSON.stringify(labels)
    if (known.has(key)) return labels
    if (known.size >= maximumSeries) return Object.fromEntries(Object.keys(labels).map(label => [label, 'other']))
    known.add(key)
    return labels
  }
  const shape = (name: string, labels: Labels) => ({
    name,
    help: name.replaceAll('_', ' '),
    labelNames: Object.keys(labels),
    registers: [registry],
  })
  const find = <Kind>(made: Map<string, Kind>, name: string, make: () => Kind): Kind => {
    const metric = made.get(name) ?? make()
    made.set(name, metric)
    return metric
  }
  const counters = new Map<string, Counter>()
  const gauges = new Map<string, Gauge>()
  const histograms = new Map<string, Histogram>()

  return {
    registry,
    count(name: string, by: number, labels: Labels): void {
      const full = `riskloom_${plain(name)}_total`
      find(counters, full, () => new Counter(shape(full, labels))).inc(bounded(full, labels), by)
    },
    gauge(name: string, value: number, labels: Labels): void {
      const full = `riskloom_${plain(name)}`
      find(gauges, full, () => new Gauge(shape(full, labels))).set(bounded(full, labels), value)
    },
    observe(name: string, ms: number, labels: Labels): void {
      const full = `riskloom_${plain(name)}_seconds`
      find(histograms, full, () => new Histogram({ ...shape(full, labels), buckets })).observe(
        bounded(full, labels),
        ms / 1000,
      )
    },
  }
}

function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_')
}
