import * as z from 'zod'

export const PortStatus = z.object({
  port: z.string(),
  engine: z.string(),
  shared: z.boolean(),
  ready: z.boolean(),
  error: z.string().nullable(),
})

/** Sums over all pipelines: read = decided + deadLettered + filtered + inFlight. */
export const Ledger = z.object({
  read: z.int(),
  decided: z.int(),
  deadLettered: z.int(),
  filtered: z.int(),
  inFlight: z.int(),
  ok: z.boolean(),
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
  ledger: Ledger,
  dataUntil: z.int().nullable().describe('receipt of the newest decided event'),
})

export type Status = z.infer<typeof Status>
export type PortStatus = z.infer<typeof PortStatus>
export type Ledger = z.infer<typeof Ledger>
