import type { Analytics } from '../../engine/ports/analytics.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { chdbAnalytics } from './chdb/analytics.ts'

export { chdbAnalytics } from './chdb/analytics.ts'

/** Every adapter of the port; the contract suite runs over this list. */
export const analyticsAdapters: readonly {
  readonly engine: string
  open(options: { folder: string; telemetry: Telemetry }): Promise<Analytics>
}[] = [{ engine: 'chdb', open: chdbAnalytics }]
