import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { codeOf, messageOf } from '../engine/error.ts'
import { noFaults } from '../engine/ports/faults.ts'
import { parseFaults } from './faults.ts'

function refusal(text: string): string {
  try {
    parseFaults(text)
  } catch (error) {
    expect(codeOf(error)).toBe('invalid-setting')
    return messageOf(error)
  }
  throw new Error(`${text} was accepted`)
}

test('no text means no faults', () => {
  expect(parseFaults(undefined)).toBe(noFaults)
  expect(parseFaults('')).toBe(noFaults)
})

test('an error happens at the hit that is named, and at no other', async () => {
  const faults = parseFaults('journal:before:error:#3')
  expect(faults.active).toBe(true)
  await faults.hit('journal', 'before')
  await faults.hit('journal', 'after')
  await faults.hit('journal', 'before')
  await faults.hit('node', 'before')
  await expect(faults.hit('journal', 'before')).rejects.toThrow('fault injected before journal')
  await faults.hit('journal', 'before')
})

test('a probability is drawn at each hit', async () => {
  const draws = [0.9, 0.2, 0.3]
  const faults = parseFaults('seal:after:error:0.25', () => draws.shift() ?? 1)
  await faults.hit('seal', 'after')
  await expect(faults.hit('seal', 'after')).rejects.toThrow('fault injected after seal')
  await faults.hit('seal', 'after')
})

test('several faults stand beside each other; a delay takes its milliseconds', async () => {
  const faults = parseFaults('read:before:delay=30:1, insert:after:error:1')
  const before = performance.now()
  await faults.hit('read', 'before')
  expect(performance.now() - before).toBeGreaterThanOrEqual(29)
  await expect(faults.hit('insert', 'after')).rejects.toThrow('insert')
})

test('kill ends the process at once', () => {
  const script = `import('${new URL('./faults.ts', import.meta.url).href}').then(async ({ parseFaults }) => {
    await parseFaults('plan:after:kill:1').hit('plan', 'after')
    console.log('survived')
  })`
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--eval', script], { encoding: 'utf8' })
  expect(child.signal).toBe('SIGKILL')
  expect(child.stdout).toBe('')
})

test.each([
  ['journal:before:error', 'four parts'],
  ['journal:before:error:1:2', 'four parts'],
  ['jurnal:before:error:1', 'no step jurnal'],
  ['journal:during:error:1', 'during'],
  ['journal:before:explode:1', 'explode'],
  ['journal:before:delay=x:1', 'delay=x'],
  ['journal:before:error:0', '0 is neither'],
  ['journal:before:error:1.5', '1.5'],
  ['journal:before:error:#0', '#0'],
  ['journal:before:error:1,', 'four parts'],
])('%s is refused and named', (text, why) => {
  expect(refusal(text)).toContain(why)
})
