import type { Clock } from '../../engine/ports/clock.ts'
import type { Records } from '../../engine/ports/records.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { embeddedRecords } from './embedded/embedded-records.ts'
import { postgresRecords } from './postgres.ts'

export { embeddedRecords, postgresRecords }

/** Every engine of the records port, for the contract suite; each takes what it needs. */
export const recordsAdapters: readonly {
  name: string
  shared: boolean
  open(options: { folder: string; url: string; telemetry: Telemetry; clock: Clock }): Promise<Records>
}[] = [
  { name: 'embedded', shared: false, open: embeddedRecords },
  { name: 'postgres', shared: true, open: postgresRecords },
]
