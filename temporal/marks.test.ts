import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LowWater } from './marks.ts'

test('without pins the marks are the ends', () => {
  const water = new LowWater()
  water.sawJournal(4)
  water.sawRuns(1)
  expect(water.marks()).toEqual({ journal: 5, runs: 2 })
})

test('the oldest pin holds both marks; an owner pins once', () => {
  const water = new LowWater()
  water.pin('a')
  water.sawJournal(0)
  water.pin('b')
  water.sawJournal(1)
  water.pin('a')
  water.sawRuns(0)
  expect(water.marks()).toEqual({ journal: 0, runs: 0 })
  expect(water.unpin('a')).toBe(true)
  expect(water.marks()).toEqual({ journal: 1, runs: 0 })
  expect(water.unpin('b')).toBe(true)
  expect(water.unpin('b')).toBe(false)
  expect(water.marks()).toEqual({ journal: 2, runs: 1 })
})

test('however runs are accepted and ended, a recovery from the marks sees every unfinished run and no ended one as unfinished', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5 }), { maxLength: 60 }), moves => {
      const water = new LowWater()
      const journal: string[] = []
      const runs: string[] = []
      const active: string[] = []
      moves.forEach((move, turn) => {
        if (move < 3 || active.length === 0) {
          const run = `run-${turn}`
          water.pin(run)
          water.sawJournal(journal.push(run) - 1)
          active.push(run)
        } else {
          const [run = ''] = active.splice(move % active.length, 1)
          water.sawRuns(runs.push(run) - 1)
          water.unpin(run)
        }
        const marks = water.marks()
        const ended = new Set(runs.slice(marks.runs))
        expect(journal.slice(marks.journal).filter(run => !ended.has(run))).toEqual(
          active.toSorted((one, other) => journal.indexOf(one) - journal.indexOf(other)),
        )
      })
    }),
  )
})
