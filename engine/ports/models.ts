import type { NormalisationNote } from '../risk/normalisation-note.ts'
import type { Port } from './port.ts'

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export interface ChatRequest {
  readonly workspace: string
  readonly provider: string
  readonly model: string
  readonly messages: readonly ChatMessage[]
  /** Sampling parameters as the provider names them: temperature, top_p, max_tokens, stop, … */
  readonly parameters: Readonly<Record<string, unknown>>
  /** JSON schema the answer must satisfy. */
  readonly schema?: Readonly<Record<string, unknown>>
  readonly onChunk?: (text: string) => void
  /** Pieces of what the model thinks aloud, where its provider sends that apart from the text. */
  readonly onReasoning?: (text: string) => void
  /** Names the call to the provider (`Idempotency-Key`): a repeated call has the same id. */
  readonly callId?: string
  readonly signal?: AbortSignal
}

export interface ChatResult {
  readonly text: string
  readonly reasoning: string
  readonly finishReason: string
  readonly promptTokens: number
  readonly completionTokens: number
  /** US dollars per token as configured; null where no price is known. */
  readonly promptPrice: number | null
  readonly completionPrice: number | null
  readonly currency: string
  readonly latencyMs: number
  readonly firstTokenMs: number | null
}

/** One feature and how far it moved the score of the winning label (log-odds). */
export interface Evidence {
  readonly feature: string
  readonly weight: number
}

export interface ClassifyRequest {
  readonly workspace: string
  readonly classifier: string
  /** 0 means the newest. */
  readonly version: number
  readonly text: string
  /** The pieces of the text that decided; true when absent. */
  readonly evidence?: boolean
}

export interface ClassifyResult {
  /** All labels, most probable first; calibrated probabilities that sum to 1. */
  readonly labels: readonly { readonly label: string; readonly probability: number }[]
  readonly normalised: string
  /** What the normalisation changed, to be shown beside the raw text. */
  readonly notes?: readonly NormalisationNote[]
  readonly evidence: readonly Evidence[]
  readonly classifierVersion: number
}

/** Access to models, whoever runs them. */
export interface Models extends Port {
  /** Rejects with `model-…` codes; `transient` says whether to try again, `retryAfter` when. */
  chat(request: ChatRequest): Promise<ChatResult>
  /** A trained classifier of the workspace. */
  classify(request: ClassifyRequest): Promise<ClassifyResult>
  /** The same without waiting; undefined unless the named version (not 0) is in memory already. */
  classifyNow?(request: ClassifyRequest): ClassifyResult | undefined
}
