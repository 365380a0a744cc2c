import { expect, it } from 'vitest'
import { readSeal, writeSeal } from './seal.ts'

const sections = [
  { table: 'decisions' as const, rows: 2, bytes: Buffer.from('{"a":"行\\n"}\n{"a":2}') },
  { table: 'runs' as const, rows: 1, bytes: Buffer.from('{}') },
]

it('gives back what was sealed', () => {
  const { bytes, hash } = writeSeal('plan', sections)
  expect(readSeal(bytes, hash).map(section => ({ ...section, bytes: Buffer.from(section.bytes) }))).toEqual(sections)
})

it('seals nothing as well', () => {
  const { bytes, hash } = writeSeal('plan', [])
  expect(readSeal(bytes, hash)).toEqual([])
})

it('notices a changed byte', () => {
  const { bytes, hash } = writeSeal('plan', sections)
  const damaged = Buffer.from(bytes)
  damaged[damaged.length - 1] = 0
  expect(() => readSeal(damaged, hash)).toThrow(/is damaged/)
})
