import * as z from 'zod'
import { Millis, Sha256, Uuid, WorkspaceId } from './ids.ts'

export const DecisionStatus = z.enum(['decided', 'dead-lettered', 'filtered'])
export const Purpose = z.enum(['live', 'shadow', 'canary', 'replay', 'experiment', 'debug'])

/** What a `decide` node says of one event. Scores are probabilities in [0, 1]. */
export const Verdict = z.strictObject({
  label: z.string().describe('the strongest label; empty when nothing applies'),
  labels: z.array(z.string()),
  score: z.number().min(0).max(1),
  action: z.string(),
  reason: z.string(),
  policyId: z.string(),
  policyClause: z.string(),
  policyVersion: z.int().min(0).describe('0 when no policy is bound'),
})

/**
 * The terminal row of one event under one purpose. Its identity is
 * `(workspace, pipeline, source, incarnation, partition, offset, purpose, jobId)`; `revision` counts corrections from 1.
 * Times are milliseconds since the epoch; cost is in US dollars.
 */
export const Decision = z.strictObject({
  v: z.literal(1),
  workspace: WorkspaceId,
  pipeline: z.string(),
  source: z.string(),
  incarnation: z.int(),
  partition: z.int(),
  offset: z.int(),
  purpose: Purpose,
  jobId: z.string().describe('empty for live events'),
  revision: z.int().min(1),
  status: DecisionStatus,
  appId: z.string(),
  versionId: z.string(),
  planId: Uuid,
  runId: z.string().describe('empty when no run was made'),
  eventId: z.string(),
  eventType: z.string(),
  subject: z.string(),
  eventTime: Millis.describe('clamped to [receipt − 400 days, receipt + 5 min]'),
  timeClamped: z.boolean(),
  receivedAt: Millis,
  decidedAt: Millis,
  payloadHash: Sha256,
  surface: z.string(),
  reportReason: z.string(),
  language: z.string(),
  preview: z.string().max(500).describe('first characters of the text'),
  ...Verdict.shape,
  errorCode: z
    .string()
    .describe('why it was dead-lettered or filtered: a code of the error table, or `duplicate`, `filter`'),
  errorMessage: z.string(),
  duplicateOf: z.string().describe('`incarnation/partition/offset` of the first, for duplicates'),
  attempts: z.int().min(0),
  latencyMs: z.number().min(0).describe('from receipt to decision'),
  runMs: z.number().min(0).describe('time inside the run'),
  tokens: z.int().min(0),
  cost: z.number().min(0),
})

export type Verdict = z.infer<typeof Verdict>
export type Decision = z.infer<typeof Decision>
export type DecisionStatus = z.infer<typeof DecisionStatus>
export type Purpose = z.infer<typeof Purpose>
