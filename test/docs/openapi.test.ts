import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProduct, type Product } from '../support/product.ts'

const path = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url))

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

describe('docs/openapi.json', () => {
  it('is what the server says of itself', async () => {
    const live = await liveDocument()
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(path, live)
    expect(await readFile(path, 'utf8')).toBe(live)
  })

  it('names the calls that Dify’s clients make', async () => {
    const { paths } = JSON.parse(await readFile(path, 'utf8')) as { paths: object }
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/workflows/run', '/v1/info', '/v1/parameters', '/ingest/{source}']),
    )
  })
})

async function liveDocument(): Promise<string> {
  const { key } = (await product.cli('keys', 'create')).answer as { key: string }
  const answer = await fetch(`${product.url}/docs/json`, { headers: { authorization: `Bearer ${key}` } })
  return `${JSON.stringify(await answer.json(), null, 2)}\n`
}
