import * as z from 'zod'
import { Appeal } from './appeal.ts'
import { HumanReview } from './human-review.ts'
import { MachineReview } from './machine-review.ts'
import { Report } from './report.ts'

/** The data contract of each built-in event type. A type that is not listed here carries any object. */
export const eventData = {
  report: Report,
  'machine-review': MachineReview,
  'human-review': HumanReview,
  appeal: Appeal,
} as const

/**
 * One input record: CloudEvents 1.0 attributes and `data`.
 * Extension attributes are allowed as CloudEvents defines them: lower-case letters and digits, scalar values.
 */
export const Event = z
  .object({
    specversion: z.literal('1.0').default('1.0'),
    id: z.string().min(1).max(512),
    source: z.string().min(1).max(512),
    type: z.string().min(1).max(128),
    time: z.iso.datetime({ offset: true }).optional(),
    subject: z.string().max(512).optional(),
    datacontenttype: z.literal('application/json').optional(),
    dataschema: z.string().max(2_048).optional(),
    data: z.record(z.string(), z.unknown()),
  })
  .catchall(z.union([z.string(), z.number(), z.boolean()]))

export type Event = z.infer<typeof Event>
