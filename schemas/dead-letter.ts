import * as z from 'zod'
import { WorkspaceId } from './ids.ts'
import { Position } from './position.ts'

/** Value of a record of a dead-letter topic: the source’s record as it was, and why it could not be decided. */
export const DeadLetter = z.strictObject({
  v: z.literal(1),
  workspace: WorkspaceId,
  pipeline: z.string(),
  ...Position.shape,
  revision: z.int().min(1),
  eventId: z.string(),
  versionId: z.string(),
  runId: z.string().describe('empty when no run was made'),
  errorCode: z.string(),
  errorMessage: z.string(),
  receivedAt: z.int(),
  headers: z.record(z.string(), z.string()),
  encoding: z.enum(['utf8', 'base64']).describe('of `value`; base64 where the bytes are no UTF-8'),
  value: z.string(),
})

export type DeadLetter = z.infer<typeof DeadLetter>
