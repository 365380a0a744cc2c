import * as z from 'zod'
import { Millis, Sha256, Uuid, WorkspaceId } from './ids.ts'

/** Hashes of what a version is bound to, beside its document. Secrets stand by reference only. */
export const Bindings = z.strictObject({
  models: z.array(z.strictObject({ provider: z.string(), name: z.string(), hash: Sha256 })),
  classifiers: z.array(z.strictObject({ name: z.string(), version: z.int().min(1), blob: Sha256 })),
  policies: z.array(z.strictObject({ id: z.string(), version: z.int().min(1) })),
})

/** A published app version is a manifest: document, bindings and the semantics it was published under. */
export const Version = z.strictObject({
  v: z.literal(1),
  workspace: WorkspaceId,
  id: Uuid,
  appId: z.string(),
  number: z.int().min(1),
  hash: Sha256.describe('over document, bindings and semantics'),
  document: z.string(),
  bindings: Bindings,
  semantics: z.int().min(1).describe('interpreter semantics the runs of this version keep'),
  author: z.string(),
  note: z.string(),
  createdAt: Millis,
})

export type Version = z.infer<typeof Version>
export type Bindings = z.infer<typeof Bindings>
