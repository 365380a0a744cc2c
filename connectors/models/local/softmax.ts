/** Long and short texts weigh the same: each text is a vector of about unit length. */
export function scaleOf(count: number): number {
  return 1 / Math.sqrt(Math.max(1, count))
}

/** In place. A temperature above 1 makes the answer less sure, below 1 surer. */
export function softmax(values: Float64Array, temperature = 1): void {
  let highest = -Infinity
  for (const value of values) highest = Math.max(highest, value)
  let sum = 0
  for (let at = 0; at < values.length; at += 1) {
    const power = Math.exp(((values[at] ?? 0) - highest) / temperature)
    values[at] = power
    sum += power
  }
  for (let at = 0; at < values.length; at += 1) values[at] = (values[at] ?? 0) / sum
}
