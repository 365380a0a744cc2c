import { type RiskloomError, codeOf } from '../../error.ts'
import { sumCalls, usageOf } from '../../models/cost.ts'
import type { ChatMessage } from '../../ports/models.ts'
import type { ObjectValue } from '../../values/value.ts'
import type { NodeCall, NodeOutcome, NodeType } from '../node.ts'
import { structuredAnswer, textAnswer, type LlmAnswer } from './answer.ts'
import { asker, type Asker } from './ask.ts'
import { llmDefinition, type LlmData } from './definition.ts'
import { LlmFailure, invokeErrorType } from './failure.ts'
import { promptMessages } from './prompt.ts'

/** Asks the model; an object is asked for again when it does not fit its schema. */
export const llm: NodeType<LlmData> = {
  definition: llmDefinition,
  async run(call) {
    const model = { model_provider: call.data.model.provider, model_name: call.data.model.name }
    const asking = asker(call)
    let messages: ChatMessage[] = []
    try {
      messages = promptMessages(call)
      const answer = await (call.data.structured_output_enabled ? structuredAnswer : textAnswer)(call, asking, messages)
      return succeeded(call, asking, messages, answer, model)
    } catch (error) {
      return failed(error, asking, { inputs: model, processData: { ...shown(call, messages), ...model } })
    }
  },
}

function shown(call: NodeCall<LlmData>, messages: readonly ChatMessage[]): ObjectValue {
  return {
    model_mode: call.data.model.mode,
    prompts: messages.map(message => ({ role: message.role, text: message.content, files: [] })),
  }
}

function succeeded(
  call: NodeCall<LlmData>,
  { results, modelCalls }: Asker,
  messages: readonly ChatMessage[],
  answer: LlmAnswer,
  model: ObjectValue,
): NodeOutcome {
  const [first, ...rest] = results
  const usage = first ? usageOf(sumCalls(first, rest)) : {}
  const about = { usage, finish_reason: answer.finishReason }
  return {
    ok: true,
    inputs: model,
    processData: { ...shown(call, messages), ...about, ...model },
    outputs: {
      text: answer.text,
      reasoning_content: answer.reasoning,
      ...about,
      ...(answer.structured === undefined ? {} : { structured_output: answer.structured }),
    },
    modelCalls,
  }
}

function failed(
  error: unknown,
  { modelCalls }: Asker,
  trace: { readonly inputs: ObjectValue; readonly processData: ObjectValue },
): NodeOutcome {
  if (error instanceof LlmFailure)
    return { ok: false, ...trace, error: error.message, errorType: error.kind, modelCalls }
  if (codeOf(error) === undefined) throw error
  const failure = error as RiskloomError // its code says so
  return {
    ok: false,
    ...trace,
    error: failure.message,
    errorType: invokeErrorType(failure),
    modelCalls,
    ...(failure.transient ? { transient: true } : {}),
    ...(failure.retryAfter === undefined ? {} : { retryAfter: failure.retryAfter }),
  }
}
