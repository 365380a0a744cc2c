import { pino } from 'pino'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { safeFields, safeText } from './masking.ts'
import { metrics } from './metrics.ts'

export interface PinoTelemetryOptions {
  /** Least level that is written; `silent` writes nothing. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Takes whole lines; standard error when absent, so that the output of commands stays clean. */
  readonly destination?: { write(line: string): void }
}

/** Where a process says what it does: JSON lines through pino, numbers through prom-client. */
export interface PinoTelemetry extends Telemetry {
  /** All metrics in the text format of Prometheus. */
  metrics(): Promise<string>
  readonly metricsContentType: string
}

export function pinoTelemetry({ level, destination }: PinoTelemetryOptions): PinoTelemetry {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      messageKey: 'message',
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  )
  const numbers = metrics()
  let failures = 0
  const harmless = (what: string, act: () => void): void => {
    try {
      act()
    } catch (error) {
      failures += 1
      // A wrong metric must not fill the log: the first of them is enough to find it.
      if (failures === 1) logger.error({ metric: what, reason: safeText(String(error)) }, 'telemetry refused a value')
    }
  }
  return {
    log(severity, message, fields) {
      if (!logger.isLevelEnabled(severity)) return
      harmless(message, () =>
        logger[severity](fields === undefined ? {} : { fields: safeFields(fields) }, safeText(message)),
      )
    },
    count: (name, by, labels = {}) => harmless(name, () => numbers.count(name, by, labels)),
    gauge: (name, value, labels = {}) => harmless(name, () => numbers.gauge(name, value, labels)),
    observe: (name, ms, labels = {}) => harmless(name, () => numbers.observe(name, ms, labels)),
    metrics: () => numbers.registry.metrics(),
    metricsContentType: numbers.registry.contentType,
  }
}
