import * as z from 'zod'

export const ModelRequest = z.strictObject({
  kind: z.enum(['llm', 'text-embedding', 'rerank']),
  name: z.string().min(1).max(255),
  provider: z.string().max(255).default('openai-compatible'),
  baseUrl: z.url().max(2_048),
  apiKey: z.string().max(8_192).optional(),
  promptPrice: z.number().min(0).optional().describe('US dollars per 1,000 tokens'),
  completionPrice: z.number().min(0).optional().describe('US dollars per 1,000 tokens'),
})

export const ModelInfo = z.object({
  kind: z.string(),
  name: z.string(),
  provider: z.string(),
  baseUrl: z.string(),
  hasKey: z.boolean(),
  promptPrice: z.number().nullable(),
  completionPrice: z.number().nullable(),
})

export type ModelInfo = z.infer<typeof ModelInfo>
