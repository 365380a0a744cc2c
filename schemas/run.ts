import * as z from 'zod'
import { Purpose, Verdict } from './decision.ts'
import { Millis, WorkspaceId } from './ids.ts'
import { ModelCall } from './model-call.ts'
import { NodeRun } from './node-run.ts'

export const RunStatus = z.enum(['running', 'succeeded', 'failed', 'partial-succeeded', 'stopped', 'paused'])

/** One execution of an app version. `inputs` and `outputs` are JSON values as the lossless codec writes them. */
export const Run = z.strictObject({
  v: z.literal(1),
  workspace: WorkspaceId,
  runId: z.string(),
  appId: z.string(),
  versionId: z.string(),
  purpose: Purpose,
  user: z.string().describe('end-user id of an API call; empty for streams'),
  status: RunStatus,
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()).nullable(),
  error: z.string().nullable(),
  errorNode: z.string().nullable(),
  verdict: Verdict.nullable().describe('of the last decide node that ran'),
  startedAt: Millis,
  finishedAt: Millis.nullable(),
  elapsedMs: z.number().min(0),
  steps: z.int().min(0),
  exceptions: z.int().min(0),
  tokens: z.int().min(0),
  cost: z.number().min(0),
  nodes: z.array(NodeRun),
  modelCalls: z.array(ModelCall),
})

export type Run = z.infer<typeof Run>
export type RunStatus = z.infer<typeof RunStatus>
