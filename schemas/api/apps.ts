import * as z from 'zod'
import { AppMode } from '../app.ts'
import { Slug } from '../ids.ts'

export const ImportRequest = z.strictObject({
  document: z
    .string()
    .max(10 * 1024 * 1024)
    .describe('Dify DSL as YAML'),
  appId: Slug.optional().describe('overwrite the draft of this app'),
  name: z.string().max(255).optional(),
  publish: z.boolean().default(false),
  confirm: z.boolean().default(false).describe('import a document of a newer format version all the same'),
})

export const ChecklistItem = z.object({
  nodeId: z.string().nullable(),
  field: z.string().nullable(),
  expected: z.string().nullable(),
  message: z.string(),
  severity: z.enum(['error', 'warning']),
})

export const ImportResult = z.object({
  appId: z.string().nullable(),
  mode: z.string().nullable(),
  status: z.enum(['completed', 'completed-with-warnings', 'pending', 'failed']),
  error: z.string(),
  warnings: z.array(z.string()),
  checklist: z.array(ChecklistItem),
  published: z.boolean(),
  versionId: z.string().nullable(),
})

export const AppSummary = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  mode: AppMode,
  icon: z.string(),
  publishedVersion: z.string().nullable(),
  publishedNumber: z.int().nullable(),
  updatedAt: z.int(),
})

export const VersionSummary = z.object({
  id: z.string(),
  number: z.int(),
  hash: z.string(),
  author: z.string(),
  note: z.string(),
  createdAt: z.int(),
})

export const PublishRequest = z.strictObject({ note: z.string().max(2_000).default('') })

export type ImportResult = z.infer<typeof ImportResult>
export type ChecklistItem = z.infer<typeof ChecklistItem>
export type AppSummary = z.infer<typeof AppSummary>
export type VersionSummary = z.infer<typeof VersionSummary>
