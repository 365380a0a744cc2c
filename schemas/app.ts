import * as z from 'zod'
import { Millis, Slug, WorkspaceId } from './ids.ts'

export const AppMode = z.enum(['workflow', 'advanced-chat', 'chat', 'agent-chat', 'completion'])

/** An app has one draft document (Dify DSL, YAML) and immutable published versions. */
export const App = z.strictObject({
  v: z.literal(1),
  workspace: WorkspaceId,
  id: Slug,
  name: z.string().max(255),
  description: z.string(),
  mode: AppMode,
  icon: z.string(),
  draft: z.string().describe('the draft document, YAML'),
  publishedVersion: z.string().nullable().describe('id of the version in force'),
  demo: z.boolean(),
  createdAt: Millis,
  updatedAt: Millis,
})

export type App = z.infer<typeof App>
export type AppMode = z.infer<typeof AppMode>
