import * as z from 'zod'
import { Millis } from './ids.ts'

/** One call of a model by a node. Tokens as the provider counts them; cost in US dollars. */
export const ModelCall = z.strictObject({
  id: z.string(),
  nodeId: z.string(),
  provider: z.string(),
  model: z.string(),
  kind: z.enum(['llm', 'classifier', 'text-embedding', 'rerank']),
  status: z.enum(['succeeded', 'failed']),
  error: z.string().nullable(),
  promptTokens: z.int().min(0),
  completionTokens: z.int().min(0),
  cost: z.number().min(0),
  startedAt: Millis,
  elapsedMs: z.number().min(0),
  firstTokenMs: z.number().min(0).nullable(),
})

export type ModelCall = z.infer<typeof ModelCall>
