import { describe, expect, it } from 'vitest'
import { clip, without } from './audit.ts'

const range = (partition: number, from: number, to: number) => ({ partition, from, to })

describe('ranges', () => {
  it('clips to what overlaps in the same partition', () => {
    expect(clip(range(0, 5, 20), [range(0, 0, 10), range(0, 15, 30), range(1, 0, 99), range(0, 20, 25)])).toEqual([
      range(0, 5, 10),
      range(0, 15, 20),
    ])
  })

  it('takes others out', () => {
    expect(without(range(0, 0, 100), [range(0, 40, 60), range(0, 10, 20), range(0, 15, 30), range(1, 0, 100)])).toEqual(
      [range(0, 0, 10), range(0, 30, 40), range(0, 60, 100)],
    )
    expect(without(range(0, 10, 20), [range(0, 0, 50)])).toEqual([])
    expect(without(range(0, 10, 20), [])).toEqual([range(0, 10, 20)])
  })
})
