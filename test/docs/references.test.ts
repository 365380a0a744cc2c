import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { errorsPage, settingsPage } from '../../platform/references.ts'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))

describe('generated references say what the code says', () => {
  it.each([
    ['errors.md', errorsPage],
    ['settings.md', settingsPage],
  ])('%s', async (name, make) => {
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(docs + name, make())
    expect(await readFile(docs + name, 'utf8')).toBe(make())
  })
})
