import type { Durable } from '../engine/ports/durable.ts'
import { openEmbeddedDurable } from './embedded.ts'
import type { DurableOptions } from './options.ts'

export { openEmbeddedDurable } from './embedded.ts'
export type { DurableLimits, DurableOptions } from './options.ts'

/** Every adapter of the durable port; the contract suite runs over this list. */
export const durables: readonly { readonly engine: string; open(options: DurableOptions): Promise<Durable> }[] = [
  { engine: 'embedded', open: openEmbeddedDurable },
]
