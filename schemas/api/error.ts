import * as z from 'zod'

/** Body of every refusal of `/api`. */
export const ErrorBody = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.unknown()),
  requestId: z.string(),
})

export type ErrorBody = z.infer<typeof ErrorBody>
