import * as z from 'zod'
import { Millis, Slug, WorkspaceId } from './ids.ts'

export const Sample = z.strictObject({
  id: z.string(),
  text: z.string(),
  label: z.string(),
  split: z.enum(['train', 'dev', 'test']),
  fields: z.record(z.string(), z.unknown()).optional(),
})

/** One frozen version of a set of labelled rows; the rows are a JSON Lines blob. */
export const SampleSet = z.strictObject({
  v: z.literal(1),
  workspace: WorkspaceId,
  name: Slug,
  version: z.int().min(1),
  rows: z.int().min(0),
  labels: z.array(z.string()),
  blob: z.string(),
  provenance: z.string(),
  createdAt: Millis,
})

export type Sample = z.infer<typeof Sample>
export type SampleSet = z.infer<typeof SampleSet>
