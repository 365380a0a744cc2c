import { reasoningSplitter, reasoningTags, splitReasoning, tagReasoning } from '../../models/reasoning.ts'
import { readSchema, readStructured, withProblem, withSchema, type Schema } from '../../models/structured.ts'
import type { ChatMessage, ChatResult } from '../../ports/models.ts'
import type { ObjectValue } from '../../values/value.ts'
import type { NodeCall } from '../node.ts'
import type { Asker } from './ask.ts'
import type { LlmData } from './definition.ts'
import { LlmFailure } from './failure.ts'

/** What the node says of its answer. */
export interface LlmAnswer {
  readonly text: string
  readonly reasoning: string
  readonly finishReason: string
  readonly structured?: ObjectValue
}

/** A text, streamed while it comes. */
export async function textAnswer(
  call: NodeCall<LlmData>,
  asker: Asker,
  messages: readonly ChatMessage[],
): Promise<LlmAnswer> {
  const stream = call.data.reasoning_format === 'separated' ? separatedStream(call) : taggedStream(call)
  const result = await asker.ask({ messages, onChunk: stream.onChunk, onReasoning: stream.onReasoning })
  stream.end()
  return { ...apart(call.data, result), finishReason: result.finishReason }
}

/** Answers that do not fit go back to the model this many times. */
const repairs = 2

/** An object that satisfies the schema. Nothing streams before it is known to. */
export async function structuredAnswer(
  call: NodeCall<LlmData>,
  asker: Asker,
  messages: readonly ChatMessage[],
): Promise<LlmAnswer> {
  const schema = schemaOf(call.data)
  let asked: readonly ChatMessage[] = messages
  for (let repaired = 0; ; repaired += 1) {
    const result = await asker.ask({ messages: asked, schema })
    const read = readStructured(result.text, schema)
    if (read.ok) {
      const answer = { ...apart(call.data, result), finishReason: result.finishReason, structured: read.value }
      call.emit('text', answer.text)
      return answer
    }
    if (repaired === repairs) {
      throw new LlmFailure(`The model’s answer does not satisfy the schema: ${read.problem}`, 'model-output-invalid')
    }
    asked = withProblem(repaired === 0 ? withSchema(messages, schema) : asked, result.text, read.problem)
  }
}

function schemaOf(data: LlmData): Schema {
  const schema = readSchema(data.structured_output?.schema)
  if (schema) return schema
  throw new LlmFailure('Please provide a valid structured output schema', 'LLMModeRequiredError')
}

/** Text and thoughts as the node’s format has them. */
function apart(data: LlmData, result: ChatResult): { text: string; reasoning: string } {
  if (data.reasoning_format !== 'separated') return { text: tagReasoning(result.reasoning, result.text), reasoning: '' }
  const split = splitReasoning(result.text)
  return { text: split.text, reasoning: [result.reasoning, split.reasoning].filter(part => part !== '').join('\n') }
}

interface AnswerStream {
  readonly onChunk: (text: string) => void
  readonly onReasoning: (text: string) => void
  end(): void
}

/** Thoughts that the provider sends apart stream in the place where tagged answers have them. */
function taggedStream(call: NodeCall<LlmData>): AnswerStream {
  let thinking = false
  const stopThinking = (): void => {
    if (thinking) call.emit('text', reasoningTags.close)
    thinking = false
  }
  return {
    onReasoning(text) {
      call.emit('text', thinking ? text : `${reasoningTags.open}${text}`)
      thinking = true
    },
    onChunk(text) {
      stopThinking()
      call.emit('text', text)
    },
    end: stopThinking,
  }
}

function separatedStream(call: NodeCall<LlmData>): AnswerStream {
  const splitter = reasoningSplitter()
  const say = (text: string): void => {
    if (text !== '') call.emit('text', text)
  }
  return {
    onReasoning: () => undefined,
    onChunk: text => say(splitter.push(text)),
    end: () => say(splitter.end()),
  }
}
