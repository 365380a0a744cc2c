import * as z from 'zod'

/** Data of a `machine-review` event: another system’s automatic verdict on a piece of content. */
export const MachineReview = z.strictObject({
  contentId: z.string().max(256),
  model: z.string().max(256).describe('name and version of the reviewing model'),
  labels: z.array(z.strictObject({ label: z.string().max(128), score: z.number().min(0).max(1) })).max(200),
  action: z.string().max(64).optional(),
  text: z.string().max(100_000).optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
})

export type MachineReview = z.infer<typeof MachineReview>
