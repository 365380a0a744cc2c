import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { en } from '../../dashboard/words/en.ts'
import { zhCN } from '../../dashboard/words/zh-cn.ts'
import { demoLabels, type DemoSurface } from '../../demo/labels.ts'
import { demoDocument } from '../../demo/index.ts'
import { nodeTypes } from '../../engine/nodes/index.ts'
import { Purpose } from '../../schemas/decision.ts'
import { RunStatus } from '../../schemas/run.ts'

const dashboard = fileURLToPath(new URL('../../dashboard/', import.meta.url))
const english = flat(en)
const chinese = flat(zhCN)

describe('the words of the dashboard', () => {
  it('are the same in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('take the same values in both languages', () => {
    for (const [key, text] of english) expect([key, slots(chinese.get(key) ?? '')]).toEqual([key, slots(text)])
  })

  it('are written in their language', () => {
    const untranslated = [...chinese].filter(([, text]) => /[A-Za-z]/.test(text) && !/\p{Script=Han}/u.test(text))
    expect(untranslated).toEqual([])
    expect([...english].filter(([, text]) => /\p{Script=Han}/u.test(text))).toEqual([])
  })

  it('hold every key that the code asks for', () => {
    const { exact, starts } = usedKeys()
    expect(exact.size).toBeGreaterThan(80)
    expect([...exact].filter(key => !english.has(key))).toEqual([])
    expect([...starts].filter(start => ![...english.keys()].some(key => key.startsWith(start)))).toEqual([])
  })

  it('hold none that nobody asks for', () => {
    const { exact, starts } = usedKeys()
    const asked = (key: string): boolean => exact.has(key) || [...starts].some(start => key.startsWith(start))
    expect([...english.keys()].filter(key => !asked(key))).toEqual([])
  })

  it('name everything that the demonstration and the contracts can show', () => {
    const actions = [...demoDocument().matchAll(/(?:action|default_action): (\w+)/g)].map(([, action]) => action ?? '')
    const names = [
      ...demoLabels.map(name => `label.${name}`),
      ...Object.keys(surfaces).map(name => `surface.${name}`),
      ...actions.map(name => `action.${name}`),
      ...Purpose.options.map(name => `purpose.${name}`),
      ...RunStatus.options.map(name => `runStatus.${name}`),
      ...nodeTypes.map(({ definition }) => `nodeType.${definition.type}`),
    ]
    expect(names.filter(name => !english.has(name))).toEqual([])
  })
})

/** Complete by its type. */
const surfaces: Readonly<Record<DemoSurface, true>> = {
  comment: true,
  post: true,
  profile: true,
  live: true,
  message: true,
}

type Words = { readonly [key: string]: string | Words }

function flat(words: Words, path = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string' ? [[path + key, value] as const] : [...flat(value, `${path}${key}.`)],
    ),
  )
}

function slots(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort()
}

/** Keys as the code writes them: whole in quotes, or the start of one before a value that is filled in. */
function usedKeys(): { exact: Set<string>; starts: Set<string> } {
  const exact = new Set<string>()
  const starts = new Set<string>()
  const groups = Object.keys(en).join('|')
  for (const file of sources(dashboard)) {
    const text = readFileSync(file, 'utf8')
    for (const [, key = ''] of text.matchAll(/\bt\(\s*'([^']+)'/g)) exact.add(key)
    // Chosen by a condition or a function before they reach t().
    for (const [, key = ''] of text.matchAll(new RegExp(`'((?:${groups})\\.[\\w.-]+)'`, 'g'))) exact.add(key)
    for (const [, start = ''] of text.matchAll(/\bt\(`([\w.]+\.)\$\{/g)) starts.add(start)
    for (const [, kind = ''] of text.matchAll(/useName\('(\w+)'\)/g)) starts.add(`${kind}.`)
  }
  return { exact, starts }
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'words' ? [] : sources(path)
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : []
  })
}
