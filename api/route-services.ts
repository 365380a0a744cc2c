import type { InForceLookup } from './in-force.ts'
import type { Services } from './services.ts'

export type { InForce } from './in-force.ts'

/** What routes work with: the services and what they share among themselves. */
export interface RouteServices extends Services {
  readonly inForce: InForceLookup
}
