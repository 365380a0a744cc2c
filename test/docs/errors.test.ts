import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { errorTable } from '../../schemas/errors.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folders = ['api', 'connectors', 'engine', 'pipelines', 'platform', 'temporal']

describe('the table of errors', () => {
  it('has no code that nothing raises', async () => {
    const text = (await Promise.all(folders.map(sources))).flat().join('\n')
    const unused = Object.keys(errorTable).filter(code => !text.includes(`'${code}'`))
    expect(unused).toEqual([])
  })
})

async function sources(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true })
  const files = names.filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  return Promise.all(files.map(name => readFile(join(root, folder, name), 'utf8')))
}
