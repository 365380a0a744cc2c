import { expect, it } from 'vitest'
import type { Plan } from '../schemas/plan.ts'
import { contiguous } from './offsets.ts'

function plan(...ranges: Plan['ranges']): Plan {
  return {
    v: 1,
    workspace: 'w',
    id: 'p',
    pipeline: 'p',
    epoch: 1,
    versionId: 'v',
    ranges,
    state: 'planned',
    sealHash: null,
    createdAt: 0,
  }
}

it('stops before the first open range of each partition', () => {
  const ends = new Map([
    [0, 30],
    [1, 12],
    [2, 5],
  ])
  const open = [
    plan({ partition: 0, from: 20, to: 30 }, { partition: 1, from: 8, to: 12 }),
    plan({ partition: 0, from: 10, to: 20 }),
  ]
  expect(contiguous(ends, open)).toEqual([
    { partition: 0, offset: 10 },
    { partition: 1, offset: 8 },
    { partition: 2, offset: 5 },
  ])
})
