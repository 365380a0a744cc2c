import * as z from 'zod'
import { Millis } from './ids.ts'
import { NodeRun } from './node-run.ts'
import { RunStatus } from './run.ts'

const at = { sequence: z.int().min(1), at: Millis }

/**
 * What happens in a run, in order. Presenters turn these into the event shapes of each protocol.
 * Sequence numbers start at 1 and have no holes.
 */
export const RunEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('run-started'), ...at, inputs: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    type: z.literal('node-started'),
    ...at,
    id: z.string(),
    nodeId: z.string(),
    nodeType: z.string(),
    title: z.string(),
  }),
  z.strictObject({
    type: z.literal('text-chunk'),
    ...at,
    text: z.string(),
    selector: z.array(z.string()).describe('variable the text comes from'),
  }),
  z.strictObject({
    type: z.literal('node-retried'),
    ...at,
    nodeRun: NodeRun,
    retryIndex: z.int().min(1),
  }),
  z.strictObject({ type: z.literal('node-finished'), ...at, nodeRun: NodeRun }),
  z.strictObject({
    type: z.literal('run-finished'),
    ...at,
    status: RunStatus,
    outputs: z.record(z.string(), z.unknown()).nullable(),
    error: z.string().nullable(),
    elapsedMs: z.number(),
    tokens: z.int(),
    steps: z.int(),
    exceptions: z.int(),
  }),
])

export type RunEvent = z.infer<typeof RunEvent>
