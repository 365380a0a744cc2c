import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shares } from './shares.ts'

it('gives each the same where all have enough', () => {
  expect(shares([100, 100, 100], 90)).toEqual([30, 30, 30])
})

it('gives what one leaves to the others', () => {
  expect(shares([5, 100, 0, 100], 105)).toEqual([5, 50, 0, 50])
})

it('never gives more than is there or is asked for, and all that can be given', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 20 }), fc.nat(5_000), (available, total) => {
      const given = shares(available, total)
      const sum = given.reduce((all, share) => all + share, 0)
      expect(sum).toBe(
        Math.min(
          total,
          available.reduce((all, count) => all + count, 0),
        ),
      )
      given.forEach((share, index) => expect(share).toBeLessThanOrEqual(available[index] ?? 0))
    }),
  )
})
