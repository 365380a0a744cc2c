import * as z from 'zod'
import { Millis } from './ids.ts'

export const NodeRunStatus = z.enum(['succeeded', 'failed', 'exception'])

/** One execution of one node inside a run, in the order of completion. */
export const NodeRun = z.strictObject({
  id: z.string(),
  nodeId: z.string(),
  nodeType: z.string(),
  title: z.string(),
  index: z.int().min(1),
  status: NodeRunStatus,
  inputs: z.unknown(),
  processData: z.unknown(),
  outputs: z.unknown(),
  error: z.string().nullable(),
  errorType: z.string().nullable(),
  handle: z.string().nullable().describe('the branch taken'),
  attempts: z.int().min(1),
  startedAt: Millis,
  elapsedMs: z.number().min(0),
  tokens: z.int().min(0),
  cost: z.number().min(0),
})

export type NodeRun = z.infer<typeof NodeRun>
