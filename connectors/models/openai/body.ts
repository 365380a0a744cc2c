import { withSchema } from '../../../engine/models/structured.ts'
import type { ChatRequest } from '../../../engine/ports/models.ts'

/** What an endpoint turned out not to understand. */
export interface Lacks {
  readonly schema: boolean
  readonly streamUsage: boolean
}

export const lacksNothing: Lacks = { schema: false, streamUsage: false }

/** Parameters that would change what the adapter relies on. */
const ownKeys = new Set(['model', 'messages', 'stream', 'stream_options', 'n', 'tools', 'functions'])

/** The body of a chat completion. */
export function chatBody(request: ChatRequest, lacks: Lacks): Record<string, unknown> {
  const given = Object.entries(request.parameters).filter(
    ([key, value]) => !ownKeys.has(key) && value !== null && value !== '',
  )
  const stream = request.onChunk !== undefined || request.onReasoning !== undefined
  const inPrompt = request.schema !== undefined && lacks.schema
  return {
    ...Object.fromEntries(
      given.map(([key, value]) => [key, key === 'response_format' ? responseFormat(value) : value]),
    ),
    model: request.model,
    messages: inPrompt && request.schema ? withSchema(request.messages, request.schema) : request.messages,
    ...(request.schema === undefined || inPrompt ? {} : { response_format: schemaFormat(request.schema) }),
    ...(stream ? { stream: true, ...(lacks.streamUsage ? {} : { stream_options: { include_usage: true } }) } : {}),
  }
}

/** Documents name the format by its type alone. */
function responseFormat(value: unknown): unknown {
  return typeof value === 'string' ? { type: value } : value
}

function schemaFormat(schema: NonNullable<ChatRequest['schema']>): unknown {
  return { type: 'json_schema', json_schema: { name: 'answer', schema } }
}

/** What a refusal says the endpoint lacks; undefined when it refuses for another reason. */
export function learned(lacks: Lacks, status: number, message: string): Lacks | undefined {
  if (status !== 400 && status !== 404 && status !== 422) return undefined
  if (!lacks.schema && /response_format|json_schema|structured/i.test(message)) return { ...lacks, schema: true }
  if (!lacks.streamUsage && /stream_options|include_usage/i.test(message)) return { ...lacks, streamUsage: true }
  return undefined
}
