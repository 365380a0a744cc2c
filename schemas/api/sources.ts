import * as z from 'zod'
import { Slug } from '../ids.ts'
import { FieldMap } from '../source.ts'

export const SourceRequest = z.strictObject({
  name: Slug,
  partitions: z.int().min(1).max(64).optional(),
  file: z
    .strictObject({
      path: z.string().min(1).max(4_096),
      format: z.enum(['csv', 'jsonl']).optional().describe('taken from the file name when absent'),
      eventType: z.string().max(128).optional(),
      map: FieldMap.default({}),
    })
    .optional()
    .describe('an offline source; without it the source takes events by HTTP'),
  eventType: z.string().max(128).optional().describe('an HTTP source that takes this type only'),
})

export const SourceInfo = z.object({
  name: z.string(),
  kind: z.enum(['file', 'http', 'generator']),
  incarnation: z.int(),
  partitions: z.int(),
  status: z.string(),
  error: z.string().nullable(),
  records: z.int().describe('received so far'),
  lastReceivedAt: z.int().nullable(),
  demo: z.boolean(),
})

export type SourceInfo = z.infer<typeof SourceInfo>
