import type { ChatResult } from '../ports/models.ts'
import type { ObjectValue } from '../values/value.ts'

type Counted = Pick<
  ChatResult,
  'promptTokens' | 'completionTokens' | 'promptPrice' | 'completionPrice' | 'currency' | 'latencyMs' | 'firstTokenMs'
>

/** Cost of a call in its currency; 0 where no price is known. */
export function costOf(
  result: Pick<Counted, 'promptTokens' | 'completionTokens' | 'promptPrice' | 'completionPrice'>,
): number {
  return result.promptTokens * (result.promptPrice ?? 0) + result.completionTokens * (result.completionPrice ?? 0)
}

/** The calls of one node as one: tokens and times add up, the first piece of text is that of the first call. */
export function sumCalls(first: Counted, rest: readonly Counted[]): Counted {
  return rest.reduce(
    (sum, call) => ({
      ...sum,
      promptTokens: sum.promptTokens + call.promptTokens,
      completionTokens: sum.completionTokens + call.completionTokens,
      latencyMs: sum.latencyMs + call.latencyMs,
    }),
    first,
  )
}

/** The `usage` output of a node: prices are decimal texts, times are seconds, unit prices are those of 1,000 tokens. */
export function usageOf(result: Counted): ObjectValue {
  const promptPrice = result.promptTokens * (result.promptPrice ?? 0)
  const completionPrice = result.completionTokens * (result.completionPrice ?? 0)
  const firstTokenMs = result.firstTokenMs ?? result.latencyMs
  return {
    prompt_tokens: BigInt(result.promptTokens),
    prompt_unit_price: unitPrice(result.promptPrice),
    prompt_price_unit: result.promptPrice === null ? '0' : '0.001',
    prompt_price: decimal(promptPrice),
    completion_tokens: BigInt(result.completionTokens),
    completion_unit_price: unitPrice(result.completionPrice),
    completion_price_unit: result.completionPrice === null ? '0' : '0.001',
    completion_price: decimal(completionPrice),
    total_tokens: BigInt(result.promptTokens + result.completionTokens),
    total_price: decimal(promptPrice + completionPrice),
    currency: result.currency,
    latency: seconds(result.latencyMs),
    time_to_first_token: seconds(firstTokenMs),
    time_to_generate: seconds(Math.max(0, result.latencyMs - firstTokenMs)),
  }
}

function unitPrice(price: number | null): string {
  return price === null ? '0' : decimal(price * 1_000)
}

/** At most 7 decimals, no exponent, no zeros at the end. */
function decimal(amount: number): string {
  return amount.toFixed(7).replace(/\.?0+$/, '')
}

function seconds(ms: number): number {
  return Math.round(ms) / 1_000
}
