import * as z from 'zod'
import { Millis, Slug, WorkspaceId } from './ids.ts'

/** How columns or fields of a foreign record become an event: `{ 'data.text': 'TEXT' }`. Targets are event paths. */
export const FieldMap = z.record(z.string(), z.string())

export const FileSource = z.strictObject({
  kind: z.literal('file'),
  path: z.string(),
  format: z.enum(['csv', 'jsonl']),
  eventType: z.string().default('report'),
  map: FieldMap,
})

export const HttpSource = z.strictObject({ kind: z.literal('http'), eventType: z.string().nullable() })

/** `generator` is the demonstration stream. */
export const GeneratorSource = z.strictObject({
  kind: z.literal('generator'),
  seed: z.int(),
  historyDays: z.int(),
  historyEvents: z.int(),
  eventsPerSecond: z.number(),
})

export const SourceSettings = z.discriminatedUnion('kind', [FileSource, HttpSource, GeneratorSource])

export const Source = z.strictObject({
  v: z.literal(1),
  workspace: WorkspaceId,
  name: Slug,
  incarnation: z.int().min(1),
  partitions: z.int().min(1),
  settings: SourceSettings,
  status: z.enum(['active', 'reading', 'finished', 'failed']),
  error: z.string().nullable(),
  demo: z.boolean(),
  createdAt: Millis,
})

export type Source = z.infer<typeof Source>
export type SourceSettings = z.infer<typeof SourceSettings>
export type FieldMap = z.infer<typeof FieldMap>
