import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareHolders, ownerOf, type Holder } from './claim-owner.ts'

const at = (time: number, offset: number): Holder => ({ at: time, partition: 0, offset })

describe('ownerOf', () => {
  it('is nobody when nobody holds the id, or when the last window is over', () => {
    expect(ownerOf(at(0, 0), [], 10)).toBeUndefined()
    expect(ownerOf(at(10, 1), [at(0, 0)], 10)).toBeUndefined()
  })

  it('is the holder within its window, and a holder that was faster although it came later', () => {
    expect(ownerOf(at(9, 1), [at(0, 0)], 10)).toEqual(at(0, 0))
    expect(ownerOf(at(0, 1), [at(5, 0)], 10)).toEqual(at(5, 0))
  })

  it('never changes an answer when later positions take the id', () => {
    const claims = fc.uniqueArray(fc.record({ at: fc.nat(200), partition: fc.constant(0), offset: fc.nat(1000) }), {
      selector: claim => claim.offset,
      maxLength: 40,
    })
    fc.assert(
      fc.property(claims, fc.integer({ min: 1, max: 50 }), (all, windowMs) => {
        const holders: Holder[] = []
        const answers = all.map(claim => {
          const owner = ownerOf(claim, holders, windowMs)
          if (owner === undefined) holders.push(claim)
          return owner ?? claim
        })
        expect(all.map(claim => ownerOf(claim, holders, windowMs))).toEqual(answers)
      }),
    )
  })
})

describe('compareHolders', () => {
  it('puts the earliest first, then the lowest partition and offset', () => {
    const sorted = [at(1, 0), { at: 0, partition: 1, offset: 0 }, at(0, 2), at(0, 1)].sort(compareHolders)
    expect(sorted).toEqual([at(0, 1), at(0, 2), { at: 0, partition: 1, offset: 0 }, at(1, 0)])
  })
})
