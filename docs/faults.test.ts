import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { faultSteps } from '../engine/ports/faults.ts'
import { parseFaults } from '../platform/faults.ts'

const text = await readFile(new URL('./faults.md', import.meta.url), 'utf8')

test('the table lists the steps of the port, in their order', () => {
  const [table = ''] = text.split('\n## What the tests prove')
  const rows = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(match => match[1])
  expect(rows).toEqual([...faultSteps])
})

test('the example is a text that works', () => {
  const example = /`FAULT=(journal[^`]+)`/.exec(text)?.[1]
  expect(parseFaults(example).active).toBe(true)
})
