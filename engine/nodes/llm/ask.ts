import type { ModelCall } from '../../../schemas/model-call.ts'
import { codeOf, messageOf } from '../../error.ts'
import { costOf } from '../../models/cost.ts'
import type { ChatRequest, ChatResult } from '../../ports/models.ts'
import type { NodeCall } from '../node.ts'
import type { LlmData } from './definition.ts'

/** Asks the model and keeps a record of each call, also of those that fail. */
export interface Asker {
  ask(request: Pick<ChatRequest, 'messages' | 'schema' | 'onChunk' | 'onReasoning'>): Promise<ChatResult>
  readonly results: readonly ChatResult[]
  readonly modelCalls: readonly ModelCall[]
}

export function asker(call: NodeCall<LlmData>): Asker {
  const { model } = call.data
  const { clock, ids, models } = call.services
  const results: ChatResult[] = []
  const modelCalls: ModelCall[] = []

  const record = (startedAt: number, started: number, outcome: ChatResult | string): void => {
    const result = typeof outcome === 'string' ? undefined : outcome
    modelCalls.push({
      id: ids.uuid(),
      nodeId: call.nodeId,
      provider: model.provider,
      model: model.name,
      kind: 'llm',
      status: result ? 'succeeded' : 'failed',
      error: typeof outcome === 'string' ? outcome : null,
      promptTokens: result?.promptTokens ?? 0,
      completionTokens: result?.completionTokens ?? 0,
      cost: result ? costOf(result) : 0,
      startedAt,
      elapsedMs: clock.monotonic() - started,
      firstTokenMs: result?.firstTokenMs ?? null,
    })
  }

  return {
    results,
    modelCalls,
    async ask(request) {
      const [startedAt, started] = [clock.now(), clock.monotonic()]
      try {
        const result = await models.chat({
          workspace: call.workspace,
          provider: model.provider,
          model: model.name,
          parameters: model.completion_params ?? {},
          callId: callId(call, request.messages),
          signal: call.signal,
          ...request,
        })
        results.push(result)
        record(startedAt, started, result)
        return result
      } catch (error) {
        if (codeOf(error) !== undefined) record(startedAt, started, messageOf(error))
        throw error
      }
    },
  }
}

/** The same for a repeated call, another for another question of the same node (in a loop, or to mend an answer). */
function callId(call: NodeCall<LlmData>, messages: ChatRequest['messages']): string {
  return `${encodeURIComponent(call.runId)}/${encodeURIComponent(call.nodeId)}/${fingerprint(JSON.stringify(messages))}`
}

/** FNV-1a, 32 bits: tells the few questions of one node apart. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
