/** Structured log, counters and histograms. Never throws, never blocks. */
export interface Telemetry {
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>): void
  /** Adds to a counter named `riskloom_<name>_total`. */
  count(name: string, by: number, labels?: Readonly<Record<string, string>>): void
  /** Sets a gauge named `riskloom_<name>`. */
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void
  /** Observes a duration in milliseconds for `riskloom_<name>_seconds`. */
  observe(name: string, ms: number, labels?: Readonly<Record<string, string>>): void
}
