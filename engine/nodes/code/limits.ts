/** Bounds of what a code node may put out. Characters are code points. */
export const outputLimits = {
  stringCharacters: 400_000,
  numberMin: -(2n ** 63n),
  numberMax: 2n ** 63n - 1n,
  decimals: 20,
  depth: 5,
  items: { 'array[string]': 30, 'array[object]': 30, 'array[number]': 1_000, 'array[boolean]': 1_000 },
} as const

/** Time for one call of `main`. */
export const codeTimeoutMs = 5_000
