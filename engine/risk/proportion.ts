/** A share with its interval; `low` and `high` are null when there is nothing to divide by. */
export interface Proportion {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
}

/** 97.5 % quantile of the normal distribution: two-sided 95 % intervals. */
const z = 1.959963984540054

/** `successes / n` with the 95 % score interval of Wilson (1927). */
export function proportion(successes: number, n: number): Proportion {
  if (n === 0) return { value: null, low: null, high: null, n }
  const share = successes / n
  const centre = share + (z * z) / (2 * n)
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  const width = 1 + (z * z) / n
  return { value: share, low: Math.max(0, (centre - spread) / width), high: Math.min(1, (centre + spread) / width), n }
}
