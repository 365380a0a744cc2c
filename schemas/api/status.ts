import * as z from 'zod'
import { Audit } from './pipelines.ts'

export const PortStatus = z.object({
  port: z.string(),
  engine: z.string(),
  shared: z.boolean(),
  ready: z.boolean(),
  error: z.string().nullable(),
})

/** What the header of the dashboard shows. */
export const Status = z.object({
  workspace: z.string(),
  version: z.string(),
  now: z.int(),
  demo: z.boolean().describe('the data is generated'),
  backfill: z
    .object({ done: z.int(), total: z.int() })
    .nullable()
    .describe('history of the demonstration that still goes through the pipeline'),
  ledger: Audit.describe('sums over all pipelines'),
  dataUntil: z.int().nullable().describe('receipt of the newest decided event'),
})

export type Status = z.infer<typeof Status>
export type PortStatus = z.infer<typeof PortStatus>
