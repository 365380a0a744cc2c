import { expect, test } from 'vitest'
import { fairQueue } from './fair-queue.ts'

const anybody = (): boolean => true

test('workspaces take turns whatever their number of calls', () => {
  const queue = fairQueue<string>()
  for (const item of ['a1', 'a2', 'a3', 'a4']) queue.push('a', item)
  queue.push('b', 'b1')
  queue.push('c', 'c1')
  expect(Array.from({ length: 7 }, () => queue.take(anybody))).toEqual(['a1', 'b1', 'c1', 'a2', 'a3', 'a4', undefined])
})

test('a workspace that may not start is passed over and keeps its place', () => {
  const queue = fairQueue<string>()
  queue.push('a', 'a1')
  queue.push('b', 'b1')
  expect(queue.take(workspace => workspace !== 'a')).toBe('b1')
  expect(queue.take(workspace => workspace !== 'a')).toBeUndefined()
  expect([queue.size, queue.waiting('a'), queue.waiting('b')]).toEqual([1, 1, 0])
  expect(queue.take(anybody)).toBe('a1')
})

test('a call that comes back is the next of its workspace; draining empties all', () => {
  const queue = fairQueue<string>()
  queue.push('a', 'a2')
  queue.unshift('a', 'a1')
  queue.push('b', 'b1')
  expect(queue.take(anybody)).toBe('a1')
  expect(queue.drain()).toEqual(['b1', 'a2'])
  expect(queue.size).toBe(0)
})
