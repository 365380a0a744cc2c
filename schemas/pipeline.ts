import * as z from 'zod'
import { Millis, Slug, WorkspaceId } from './ids.ts'

export const PipelineStatus = z.enum(['running', 'paused', 'failed', 'finished'])
export const TracePolicy = z.enum(['full', 'errors-and-sample', 'none'])

/** One test on an event: `path` is an event path such as `data.surface`. All conditions must hold. */
export const FilterCondition = z.strictObject({
  path: z.string(),
  operator: z.enum(['equals', 'not-equals', 'contains', 'in', 'exists', 'not-exists']),
  value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
})

/** Binding of a source to an app: what to take, how to hand it over, how much at once. */
export const PipelineSettings = z.strictObject({
  filter: z.array(FilterCondition).default([]),
  mapping: z
    .record(z.string(), z.string())
    .default({})
    .describe('input of the app ← event path; an input that is not named takes `data.<input>`'),
  batchSize: z.int().min(1).max(10_000).default(2_000),
  batchWaitMs: z.int().min(0).max(60_000).default(200).describe('longest wait for a full batch'),
  concurrency: z.int().min(1).max(1_000).default(16).describe('runs of one batch at the same time'),
  batchesInFlight: z.int().min(1).max(16).default(2),
  attempts: z.int().min(1).max(10).default(3).describe('tries of a run that fails for a passing reason'),
  trace: TracePolicy.default('full'),
  duplicateWindowMs: z.int().min(0).default(86_400_000).describe('0 switches the search for repeated event ids off'),
})

export const Pipeline = z.strictObject({
  v: z.literal(1),
  workspace: WorkspaceId,
  id: Slug,
  source: z.string(),
  incarnation: z.int().min(1),
  appId: z.string(),
  versionId: z.string().nullable().describe('a pinned version; null follows the version in force'),
  settings: PipelineSettings,
  status: PipelineStatus,
  epoch: z.int().min(0).describe('rises each time a process takes the pipeline over'),
  error: z.string().nullable(),
  createdAt: Millis,
})

export type Pipeline = z.infer<typeof Pipeline>
export type PipelineSettings = z.infer<typeof PipelineSettings>
export type PipelineStatus = z.infer<typeof PipelineStatus>
export type FilterCondition = z.infer<typeof FilterCondition>
export type TracePolicy = z.infer<typeof TracePolicy>
