import * as z from 'zod'

/** Lower-case name that people type: `report-triage`. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .describe('lower-case letters, digits and hyphens, at most 63 characters')

/** Identifier of a tenant. It comes first in every id, topic, blob path, cache key and sort key. */
export const WorkspaceId = Slug.describe('identifier of a tenant')

/** UUID in its canonical text form. */
export const Uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)

/** Milliseconds since 1970-01-01T00:00:00Z. */
export const Millis = z.int()

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export type WorkspaceId = z.infer<typeof WorkspaceId>
