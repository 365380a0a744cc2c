import * as z from 'zod'
import { Millis, Sha256, Uuid, WorkspaceId } from './ids.ts'
import { OffsetRange } from './position.ts'

export const PlanState = z.enum(['planned', 'sealed', 'inserted', 'done'])

/** A batch that was cut before anything of it ran. A restart resumes plans and never cuts them again. */
export const Plan = z.strictObject({
  v: z.literal(1),
  workspace: WorkspaceId,
  id: Uuid,
  pipeline: z.string(),
  epoch: z.int(),
  versionId: z.string(),
  ranges: z.array(OffsetRange),
  state: PlanState,
  sealHash: Sha256.nullable().describe('content hash of the sealed bytes, which are the blob of that hash'),
  createdAt: Millis,
})

export type Plan = z.infer<typeof Plan>
export type PlanState = z.infer<typeof PlanState>
