import * as z from 'zod'

/** Data of a `report` event: somebody (or some system) complains about a piece of content. */
export const Report = z.strictObject({
  text: z.string().max(100_000).describe('the reported content as text'),
  surface: z
    .string()
    .max(64)
    .optional()
    .describe('where the content appeared: comment, post, profile, message, live, …'),
  reason: z.string().max(128).optional().describe('why the reporter complains, in the reporter’s own category'),
  note: z.string().max(4_000).optional().describe('free words of the reporter'),
  language: z.string().max(16).optional().describe('BCP 47 tag of the content'),
  contentId: z.string().max(256).optional(),
  authorId: z.string().max(256).optional(),
  reporterId: z.string().max(256).optional(),
  images: z.array(z.string().max(2_048)).max(50).optional().describe('addresses of pictures'),
  attributes: z.record(z.string(), z.unknown()).optional().describe('anything else the source knows'),
})

export type Report = z.infer<typeof Report>
