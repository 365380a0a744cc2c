import * as z from 'zod'

/** Data of an `appeal` event: the author of a piece of content asks for another look. */
export const Appeal = z.strictObject({
  contentId: z.string().max(256).optional(),
  decisionId: z.string().max(256).optional().describe('identity of the decision that is appealed'),
  authorId: z.string().max(256),
  text: z.string().max(100_000).describe('the author’s argument'),
  attributes: z.record(z.string(), z.unknown()).optional(),
})

export type Appeal = z.infer<typeof Appeal>
