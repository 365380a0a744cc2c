import * as z from 'zod'
import { Slug } from './ids.ts'

export const PolicyText = z.strictObject({ 'zh-CN': z.string(), en: z.string() })

export const PolicyClause = z.strictObject({ id: Slug, text: PolicyText, severity: z.int().min(1).max(5) })

/** One version of a policy. A decision names policy, clause and version. */
export const Policy = z.strictObject({
  v: z.literal(1),
  id: Slug,
  version: z.int().min(1),
  title: PolicyText,
  text: PolicyText,
  clauses: z.array(PolicyClause).min(1),
  author: z.string(),
  note: z.string(),
})

export type Policy = z.infer<typeof Policy>
export type PolicyClause = z.infer<typeof PolicyClause>
