import OpenAI from 'openai'
import { RiskloomError, codeOf } from '../../../engine/error.ts'
import { costOf } from '../../../engine/models/cost.ts'
import { estimateTokens } from '../../../engine/models/usage.ts'
import type { Clock } from '../../../engine/ports/clock.ts'
import type { Faults } from '../../../engine/ports/faults.ts'
import type { Http } from '../../../engine/ports/http.ts'
import type { ChatRequest, ChatResult } from '../../../engine/ports/models.ts'
import type { Telemetry } from '../../../engine/ports/telemetry.ts'
import { answerBuilder, type Answer } from './answer.ts'
import { chatBody, lacksNothing, learned, type Lacks } from './body.ts'
import { findEndpoint, type Endpoint, type EndpointOptions } from './endpoint.ts'
import { failureOf } from './failure.ts'
import { idleFetch, type IdleLimits } from './idle-fetch.ts'

export interface ChatOptions extends EndpointOptions {
  /** The guard of workspaces, and the one that also reaches the operator’s own endpoint. */
  readonly guards: { readonly workspace: Pick<Http, 'fetch'>; readonly operator: Pick<Http, 'fetch'> }
  readonly clock: Pick<Clock, 'monotonic'>
  readonly faults: Faults
  readonly telemetry?: Telemetry
  readonly limits?: Partial<ChatLimits>
}

export interface ChatLimits extends IdleLimits {
  /** A call is ended after this, milliseconds, however alive its stream is. */
  readonly totalMs: number
}

const defaultLimits: ChatLimits = { firstByteMs: 120_000, betweenMs: 60_000, totalMs: 600_000 }

interface Timed extends Answer {
  readonly firstTokenMs: number | null
}

/** Chat completions of any endpoint that speaks OpenAI’s protocol. It never repeats a call by itself: drivers do. */
export function openaiChat(options: ChatOptions): (request: ChatRequest) => Promise<ChatResult> {
  const limits = { ...defaultLimits, ...options.limits }
  const known = new Map<string, Lacks>()
  return async request => {
    const started = options.clock.monotonic()
    try {
      const endpoint = await findEndpoint(options, {
        workspace: request.workspace,
        provider: request.provider,
        name: request.model,
      })
      if (options.faults.active) await options.faults.hit('model-call', 'before')
      const answer = await converse(options, request, endpoint, limits, known)
      if (options.faults.active) await options.faults.hit('model-call', 'after')
      const result = toResult(request, answer, endpoint, options.clock.monotonic() - started)
      note(options.telemetry, request, 'succeeded', options.clock.monotonic() - started, result)
      return result
    } catch (error) {
      note(options.telemetry, request, codeOf(error) ?? 'internal', options.clock.monotonic() - started)
      throw error
    }
  }
}

const maxKnown = 1_000

/** One call; when the endpoint refuses something it does not understand, the same once more without it. */
async function converse(
  options: ChatOptions,
  request: ChatRequest,
  endpoint: Endpoint,
  limits: ChatLimits,
  known: Map<string, Lacks>,
): Promise<Timed> {
  const key = `${request.workspace} ${endpoint.baseUrl} ${request.model}`
  for (let lacks = known.get(key) ?? lacksNothing; ;) {
    try {
      return await callOnce(options, request, endpoint, limits, lacks)
    } catch (error) {
      const status = error instanceof RiskloomError ? Number(error.details['status']) : Number.NaN
      const more = error instanceof RiskloomError ? learned(lacks, status, error.message) : undefined
      if (more === undefined) throw error
      lacks = more
      if (known.size >= maxKnown) known.clear()
      known.set(key, more)
    }
  }
}

async function callOnce(
  options: ChatOptions,
  request: ChatRequest,
  endpoint: Endpoint,
  limits: ChatLimits,
  lacks: Lacks,
): Promise<Timed> {
  let timedOut = false
  const total = new AbortController()
  const timer = setTimeout(() => {
    timedOut = true
    total.abort()
  }, limits.totalMs)
  const fetch = idleFetch(options.guards[endpoint.guard].fetch(request.workspace), limits, () => (timedOut = true))
  const signal = request.signal ? AbortSignal.any([request.signal, total.signal]) : total.signal
  try {
    return await receive(options, request, clientOf(endpoint, fetch, limits), chatBody(request, lacks), signal)
  } catch (error) {
    throw failureOf(error, { apiKey: endpoint.apiKey, stopped: request.signal?.aborted === true, timedOut })
  } finally {
    clearTimeout(timer)
  }
}

function clientOf(endpoint: Endpoint, fetch: typeof globalThis.fetch, limits: ChatLimits): OpenAI {
  return new OpenAI({
    baseURL: endpoint.baseUrl,
    // The client insists on a key; the header is left out where there is none.
    apiKey: endpoint.apiKey ?? 'none',
    defaultHeaders: endpoint.apiKey === null ? { Authorization: null } : {},
    organization: null,
    project: null,
    adminAPIKey: null,
    fetch,
    maxRetries: 0,
    timeout: limits.totalMs,
    logLevel: 'off',
  })
}

async function receive(
  options: ChatOptions,
  request: ChatRequest,
  client: OpenAI,
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Timed> {
  const started = options.clock.monotonic()
  const answer = answerBuilder()
  let firstTokenMs: number | null = null
  const headers = request.callId === undefined ? {} : { 'Idempotency-Key': request.callId }
  // `body` is built from parameters that only the provider knows; the client sends it as it is.
  const response: unknown = await client.post('/chat/completions', {
    body,
    headers,
    signal,
    stream: body['stream'] === true,
  })
  if (!isStream(response)) {
    answer.add(response)
    return { ...answer.finish(), firstTokenMs }
  }
  for await (const piece of response) {
    const { text, reasoning } = answer.add(piece)
    if (text !== '' || reasoning !== '') firstTokenMs ??= options.clock.monotonic() - started
    if (reasoning !== '') request.onReasoning?.(reasoning)
    if (text !== '') request.onChunk?.(text)
  }
  return { ...answer.finish(), firstTokenMs }
}

function isStream(response: unknown): response is AsyncIterable<unknown> {
  return typeof response === 'object' && response !== null && Symbol.asyncIterator in response
}

function toResult(request: ChatRequest, answer: Timed, endpoint: Endpoint, latencyMs: number): ChatResult {
  const prompt = request.messages.map(message => message.content).join('\n')
  return {
    text: answer.text,
    reasoning: answer.reasoning,
    finishReason: answer.finishReason,
    promptTokens: answer.promptTokens ?? estimateTokens(prompt),
    completionTokens: answer.completionTokens ?? estimateTokens(answer.reasoning + answer.text),
    promptPrice: endpoint.promptPrice,
    completionPrice: endpoint.completionPrice,
    currency: 'USD',
    latencyMs,
    firstTokenMs: answer.firstTokenMs,
  }
}

function note(
  telemetry: Telemetry | undefined,
  request: ChatRequest,
  outcome: string,
  ms: number,
  result?: ChatResult,
): void {
  if (!telemetry) return
  const labels = { provider: request.provider, model: request.model }
  telemetry.count('model_calls', 1, { ...labels, outcome })
  telemetry.observe('model_call', ms, labels)
  if (!result) return
  telemetry.count('model_tokens', result.promptTokens, { ...labels, kind: 'prompt' })
  telemetry.count('model_tokens', result.completionTokens, { ...labels, kind: 'completion' })
  telemetry.count('model_cost', costOf(result), labels)
}
