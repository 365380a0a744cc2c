import * as z from 'zod'
import { RiskloomError } from '../../../engine/error.ts'
import { readCount } from '../../../engine/models/usage.ts'

/** An answer of any length is bounded by this, in characters of text and thoughts together. */
export const maxAnswer = 1_048_576

export interface Answer {
  readonly text: string
  readonly reasoning: string
  readonly finishReason: string
  /** Undefined where the provider counts none. */
  readonly promptTokens: number | undefined
  readonly completionTokens: number | undefined
}

const Part = z.looseObject({ text: z.string().optional().catch(undefined) })
const Content = z
  .union([z.string(), z.array(Part).transform(parts => parts.map(part => part.text ?? '').join(''))])
  .nullish()
  .catch(null)
const Said = z.looseObject({ content: Content, reasoning_content: Content, reasoning: Content })

/** A whole answer or one piece of it. Whatever else providers send is left aside. */
const Completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: Said.nullish(),
        delta: Said.nullish(),
        finish_reason: z.string().nullish().catch(null),
      }),
    )
    .catch([]),
  usage: z.looseObject({ prompt_tokens: z.unknown(), completion_tokens: z.unknown() }).nullish().catch(null),
})

/** Collects an answer from its pieces. */
export interface AnswerBuilder {
  /** Takes a piece; gives what it adds. @throws RiskloomError `model-failed` when the answer grows too large */
  add(piece: unknown): { readonly text: string; readonly reasoning: string }
  /** @throws RiskloomError `model-failed`, transient, when the answer broke off */
  finish(): Answer
}

export function answerBuilder(): AnswerBuilder {
  const texts: string[] = []
  const thoughts: string[] = []
  let length = 0
  let finishReason: string | undefined
  let usage: { prompt: number | undefined; completion: number | undefined } = {
    prompt: undefined,
    completion: undefined,
  }
  return {
    add(piece) {
      const read = Completion.safeParse(piece)
      if (!read.success) return { text: '', reasoning: '' }
      const choice = read.data.choices[0]
      const said = choice?.delta ?? choice?.message
      const text = said?.content ?? ''
      const reasoning = said?.reasoning_content ?? said?.reasoning ?? ''
      length += text.length + reasoning.length
      if (length > maxAnswer)
        throw new RiskloomError('model-failed', `The answer of the model is larger than ${maxAnswer} characters`)
      texts.push(text)
      thoughts.push(reasoning)
      finishReason = choice?.finish_reason ?? finishReason
      const counted = read.data.usage
      if (counted)
        usage = { prompt: readCount(counted.prompt_tokens), completion: readCount(counted.completion_tokens) }
      return { text, reasoning }
    },
    finish() {
      if (finishReason === undefined) throw brokeOff('The answer of the model broke off before its end')
      return {
        text: texts.join(''),
        reasoning: thoughts.join(''),
        finishReason,
        promptTokens: usage.prompt,
        completionTokens: usage.completion,
      }
    },
  }
}

export function brokeOff(message: string, cause?: unknown): RiskloomError {
  return new RiskloomError('model-failed', message, { transient: true, cause })
}
