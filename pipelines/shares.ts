/** Divides `total` among those who have something: nobody gets more than is there, and what one leaves goes to the others. */
export function shares(available: readonly number[], total: number): number[] {
  const result = available.map(() => 0)
  const order = available.map((_, index) => index).sort((a, b) => (available[a] ?? 0) - (available[b] ?? 0))
  let rest = total
  order.forEach((index, place) => {
    const fair = Math.ceil(rest / (order.length - place))
    const share = Math.min(available[index] ?? 0, fair, rest)
    result[index] = share
    rest -= share
  })
  return result
}
