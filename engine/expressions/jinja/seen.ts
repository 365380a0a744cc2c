import type { Value } from '../../values/value.ts'
import { asNumber } from '../python.ts'
import { same } from './operators.ts'
import type { Budget } from './runtime.ts'

/** The different values met so far. Texts and integers are looked up; only what is left is compared one by one. */
export class Seen {
  private readonly texts = new Set<string>()
  private readonly integers = new Set<bigint>()
  private readonly others: Value[] = []
  private readonly budget: Budget

  constructor(budget: Budget) {
    this.budget = budget
  }

  /** False when an equal value was added before (1, 1.0 and true are equal, as in Python). */
  add(value: Value): boolean {
    if (typeof value === 'string') return grows(this.texts, value)
    const integer = integerOf(value)
    if (integer !== undefined) return grows(this.integers, integer)
    this.budget.spend(this.others.length / 4)
    if (this.others.some(known => same(known, value, this.budget))) return false
    this.others.push(value)
    return true
  }
}

function grows<T>(set: Set<T>, item: T): boolean {
  const { size } = set
  return set.add(item).size > size
}

function integerOf(value: Value): bigint | undefined {
  const number = asNumber(value)
  return typeof number === 'bigint' ? number : Number.isInteger(number) ? BigInt(number ?? 0) : undefined
}
