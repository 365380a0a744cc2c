import * as z from 'zod'
import { Slug } from '../ids.ts'
import { PipelineSettings } from '../pipeline.ts'

export const PipelineRequest = z.strictObject({
  id: Slug.optional(),
  source: Slug,
  appId: Slug,
  run: z.boolean().default(false),
  settings: PipelineSettings.partial().optional(),
})

export const PipelineInfo = z.object({
  id: z.string(),
  source: z.string(),
  appId: z.string(),
  status: z.string(),
  error: z.string().nullable(),
  read: z.int(),
  inFlight: z.int(),
  lag: z.int().describe('records of the source that were not planned yet'),
  lagMs: z.number(),
  settings: PipelineSettings,
})

export const Audit = z.object({
  pipeline: z.string(),
  read: z.int(),
  decided: z.int(),
  deadLettered: z.int(),
  filtered: z.int(),
  duplicates: z.int(),
  gaps: z.int(),
  inFlight: z.int(),
  ok: z.boolean(),
})

export type PipelineInfo = z.infer<typeof PipelineInfo>
export type Audit = z.infer<typeof Audit>
