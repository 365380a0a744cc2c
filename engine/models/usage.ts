/** No answer has more tokens than this; larger counts are mistakes of the other side. */
const mostTokens = 100_000_000

/** A count as a provider sent it, made usable: whole, not negative, not absurd. Undefined when it sent none. */
export function readCount(count: unknown): number | undefined {
  if (typeof count !== 'number' || Number.isNaN(count)) return undefined
  return Math.min(mostTokens, Math.max(0, Math.round(count)))
}

/**
 * Tokens of a text where the provider counts none: about four letters or one Chinese, Japanese or Korean character each.
 * An estimate for budgets, not a bill.
 */
export function estimateTokens(text: string): number {
  const wide = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0
  return wide + Math.ceil((text.length - wide) / 4)
}
