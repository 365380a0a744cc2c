import * as z from 'zod'

/** Data of a `human-review` event: a person’s verdict on a piece of content or on a decision. */
export const HumanReview = z.strictObject({
  contentId: z.string().max(256).optional(),
  decisionId: z.string().max(256).optional().describe('identity of the decision that was reviewed'),
  reviewerId: z.string().max(256),
  labels: z.array(z.string().max(128)).max(200),
  action: z.string().max(64).optional(),
  note: z.string().max(4_000).optional(),
  text: z.string().max(100_000).optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
})

export type HumanReview = z.infer<typeof HumanReview>
