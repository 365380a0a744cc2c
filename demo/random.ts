/** A seeded row of numbers (mulberry32, Tommy Ettinger, public domain). The same seed and place give the same row. */
export class Random {
  #state: number

  constructor(seed: number, ...place: number[]) {
    this.#state = place.reduce(mixed, mixed(0x9e3779b9, seed))
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let value = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number from 0 to `below` − 1. */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  /** Bell-shaped around 0 with deviation 1, near enough for noise (sum of twelve). */
  bell(): number {
    let sum = -6
    for (let count = 0; count < 12; count += 1) sum += this.next()
    return sum
  }
}

function mixed(hash: number, value: number): number {
  let result = Math.imul(hash ^ (value | 0) ^ Math.floor(value / 4_294_967_296), 0x85ebca6b)
  result ^= result >>> 13
  result = Math.imul(result, 0xc2b2ae35)
  return (result ^ (result >>> 16)) >>> 0
}

/** Choices with their weights, ready to be drawn from. */
export class Weighted<Item> {
  readonly #items: readonly (readonly [item: Item, upTo: number])[]
  readonly #total: number

  constructor(choices: readonly (readonly [item: Item, weight: number])[]) {
    let total = 0
    this.#items = choices.map(([item, weight]) => [item, (total += weight)] as const)
    this.#total = total
  }

  draw(random: Random): Item {
    const place = random.next() * this.#total
    const found = this.#items.find(([, upTo]) => place < upTo) ?? this.#items.at(-1)
    if (found === undefined) throw new RangeError('nothing to draw from')
    return found[0]
  }
}
