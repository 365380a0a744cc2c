import { join } from 'node:path'
import { systemClock } from '../connectors/clock/system.ts'
import { embeddedRecords, postgresRecords } from '../connectors/records/index.ts'
import { pinoTelemetry } from '../connectors/telemetry/index.ts'
import type { Records } from '../engine/ports/records.ts'
import type { Telemetry } from '../engine/ports/telemetry.ts'
import type { Config } from './config.ts'

/** Records of the settings: a server by URL, or the embedded one. */
export function openRecords(
  config: Config,
  telemetry: Telemetry = pinoTelemetry({ level: config.logLevel }),
): Promise<Records> {
  if (config.databaseUrl !== undefined) return postgresRecords({ url: config.databaseUrl, telemetry })
  return embeddedRecords({ folder: join(config.dataFolder, 'records'), telemetry, clock: systemClock })
}
