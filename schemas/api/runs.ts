import * as z from 'zod'

export const RunRequest = z.strictObject({
  appId: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
})
