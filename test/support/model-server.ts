import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { bodyOf, loopback } from './loopback.ts'

/** A call as the server saw it. */
export interface ModelCallSeen {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
  /** Content of the last message: what scripts and counters go by. */
  readonly prompt: string
  /** `Idempotency-Key`, empty when there is none. */
  readonly callId: string
}

/** How the server answers one call; what is left out is as a good provider does it. */
export interface ModelReply {
  readonly text?: string
  readonly reasoning?: string
  /** The text of a stream in these pieces; otherwise 8 characters each. */
  readonly pieces?: readonly string[]
  readonly finishReason?: string
  /** `null` sends none. */
  readonly usage?: Readonly<Record<string, unknown>> | null
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Message of an answer with a status of 400 and up. */
  readonly error?: string
  readonly errorCode?: string
  /** Wait before the first byte, and between the pieces of a stream, milliseconds. */
  readonly delayMs?: number
  readonly betweenMs?: number
  /** Where a stream ends early: inside the JSON of a piece, before the finish reason, or before `[DONE]` only. */
  readonly cut?: 'json' | 'finish' | 'done'
  /** Lines of a stream as they are, in place of everything else. */
  readonly lines?: readonly string[]
  /** Sends lines without end. */
  readonly endless?: string
}

/** A reply for every call, or one for each call in turn (the last one stays), or a function of the call. */
export type ModelScript =
  ModelReply | readonly ModelReply[] | ((call: ModelCallSeen, index: number) => ModelReply | undefined)

export interface ModelServer {
  /** Base URL for an OpenAI client, with `/v1`. */
  readonly url: string
  /** `host:port` as an allow-list entry. */
  readonly allow: string
  readonly calls: readonly ModelCallSeen[]
  /** How often each call id was seen; a call without one counts by its prompt. */
  counts(): ReadonlyMap<string, number>
  setScript(script: ModelScript): void
  close(): Promise<void>
}

/**
 * An OpenAI-compatible server on loopback. Without a script it answers `ECHO[<prompt>]`, a JSON object where a
 * `response_format` asks for one, thoughts for THINK, status 500 for FAIL500 and 429 for RATE429.
 */
export async function startModelServer(script?: ModelScript): Promise<ModelServer> {
  const calls: ModelCallSeen[] = []
  let current = script
  const server = await loopback(async (request, response) => {
    const text = await bodyOf(request)
    if (request.method !== 'POST') {
      sendJson(response, 200, { object: 'list', data: [{ id: 'fake', object: 'model' }] })
      return
    }
    const body = JSON.parse(text === '' ? '{}' : text) as Record<string, unknown> // our own client
    const call: ModelCallSeen = {
      path: request.url ?? '',
      headers: request.headers,
      body,
      prompt: lastPrompt(body),
      callId: String(request.headers['idempotency-key'] ?? ''),
    }
    calls.push(call)
    await reply(response, call, replyFor(current, call, calls.length - 1) ?? ordinary(call))
  })
  return {
    url: `${server.url}/v1`,
    allow: server.allow,
    calls,
    counts() {
      const counts = new Map<string, number>()
      for (const { callId, prompt } of calls) counts.set(callId || prompt, (counts.get(callId || prompt) ?? 0) + 1)
      return counts
    },
    setScript(next) {
      current = next
    },
    close: () => server.close(),
  }
}

function replyFor(script: ModelScript | undefined, call: ModelCallSeen, index: number): ModelReply | undefined {
  if (typeof script === 'function') return script(call, index)
  if (!Array.isArray(script)) return script as ModelReply | undefined // a list and a function are ruled out
  return (script as readonly ModelReply[])[Math.min(index, script.length - 1)]
}

function messagesOf(body: Readonly<Record<string, unknown>>): { role: string; content: string }[] {
  return Array.isArray(body['messages']) ? (body['messages'] as { role: string; content: string }[]) : [] // our own client
}

function lastPrompt(body: Readonly<Record<string, unknown>>): string {
  return messagesOf(body).at(-1)?.content ?? ''
}

function ordinary(call: ModelCallSeen): ModelReply {
  if (call.prompt.includes('FAIL500')) return { status: 500, error: 'upstream exploded' }
  if (call.prompt.includes('RATE429')) return { status: 429, error: 'slow down' }
  if (call.body['response_format']) return { text: '{"answer": "structured", "score": 5}' }
  if (call.prompt.includes('THINK')) return { text: `<think>pondering</think>Final for: ${call.prompt.slice(0, 40)}` }
  return { text: `ECHO[${call.prompt.slice(0, 200)}]` }
}

async function reply(response: ServerResponse, call: ModelCallSeen, script: ModelReply): Promise<void> {
  if (script.delayMs !== undefined) await sleep(script.delayMs)
  if (script.status !== undefined && script.status >= 400) {
    const error = { message: script.error ?? 'failed', type: 'error', code: script.errorCode ?? null }
    sendJson(response, script.status, { error }, script.headers)
    return
  }
  if (call.body['stream'] === true) await stream(response, call, script)
  else sendWhole(response, call, script)
}

function usageOf(call: ModelCallSeen, script: ModelReply): unknown {
  if (script.usage !== undefined) return script.usage ?? undefined
  const prompt = messagesOf(call.body)
    .map(message => message.content)
    .join(' ').length
  const completion = (script.text ?? '').length
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

function sendWhole(response: ServerResponse, call: ModelCallSeen, script: ModelReply): void {
  const message = { role: 'assistant', content: script.text ?? '', reasoning_content: script.reasoning }
  const choice = { index: 0, message, finish_reason: script.finishReason ?? 'stop' }
  const answer = {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: call.body['model'],
    choices: [choice],
    usage: usageOf(call, script),
  }
  if (script.cut === undefined) {
    sendJson(response, 200, answer, script.headers)
    return
  }
  const text = JSON.stringify(answer)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) })
  response.write(text.slice(0, text.length / 2), () => response.socket?.destroy())
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

async function stream(response: ServerResponse, call: ModelCallSeen, script: ModelReply): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...script.headers })
  while (script.endless !== undefined && !response.destroyed) {
    response.write(script.endless)
    await sleep(script.betweenMs ?? 1)
  }
  if (response.destroyed) return
  for (const line of script.lines ?? linesOf(call, script)) {
    response.write(line)
    if (script.betweenMs !== undefined) await sleep(script.betweenMs)
  }
  response.end()
}

function linesOf(call: ModelCallSeen, script: ModelReply): string[] {
  const chunk = (delta: unknown, more: Record<string, unknown> = {}, finish: string | null = null): string =>
    event({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1,
      model: call.body['model'],
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...more,
    })
  const text = script.text ?? ''
  const pieces =
    script.pieces ?? Array.from({ length: Math.ceil(text.length / 8) }, (_unused, at) => text.slice(at * 8, at * 8 + 8))
  const lines = [
    ...(script.reasoning === undefined ? [] : [chunk({ role: 'assistant', reasoning_content: script.reasoning })]),
    ...pieces.map(content => chunk({ role: 'assistant', content })),
  ]
  if (script.cut === 'json') return [...lines, chunk({ content: 'x' }).slice(0, 30)]
  if (script.cut === 'finish') return lines
  const last = chunk({}, { usage: usageOf(call, script) }, script.finishReason ?? 'stop')
  return script.cut === 'done' ? [...lines, last] : [...lines, last, event('[DONE]')]
}

/** A line of a stream, for scripts that write their own. */
export function event(data: unknown): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}
