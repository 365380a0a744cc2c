import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProduct, type Product } from '../../test/support/product.ts'
import { until } from '../../test/support/until.ts'

/**
 * Chapter 2. A file becomes a source, a pipeline binds it to an app, and each row ends as exactly one decision. A row that
 * cannot be read ends as one too: dead-lettered, with its line and the reason.
 */
describe('a file through a pipeline', () => {
  let product: Product

  beforeAll(async () => {
    product = await startProduct()
    await product.cli(
      'apps',
      'import',
      fileURLToPath(new URL('./files/keyword-triage.yml', import.meta.url)),
      '--publish',
    )
    await writeFile(
      join(product.dataFolder, 'reports.csv'),
      [
        'post,content,place',
        '1,free money for everyone,comment',
        '2,see you at lunch,comment',
        '3,"a row that, has one cell too many",comment,x',
        '4,加微信看图,profile',
      ].join('\n'),
    )
  })
  afterAll(() => product.stop())

  it('adds the file: fields of the event on the left, columns of the file on the right', async () => {
    // riskloom sources add --file reports.csv --map text=content,surface=place,id=post
    const { code, answer } = await product.cli(
      'sources',
      'add',
      '--file',
      join(product.dataFolder, 'reports.csv'),
      '--map',
      'text=content,surface=place,id=post',
    )
    expect(code, JSON.stringify(answer)).toBe(0)
    expect(answer).toMatchObject({ name: 'reports', kind: 'file' })
  })

  it('refuses a column that is not there, naming it', async () => {
    const { code, answer } = await product.cli(
      'sources',
      'add',
      '--name',
      'other',
      '--file',
      join(product.dataFolder, 'reports.csv'),
      '--map',
      'text=contents',
    )
    expect(code).toBe(1)
    expect(JSON.stringify(answer)).toContain('contents')
  })

  it('runs every row through the app', async () => {
    // riskloom pipelines create --source reports --app keyword-triage --run
    const { code } = await product.cli(
      'pipelines',
      'create',
      '--source',
      'reports',
      '--app',
      'keyword-triage',
      '--id',
      'reports',
      '--run',
    )
    expect(code).toBe(0)
    await until(async () => {
      const { answer } = await product.cli('pipelines', 'list')
      expect(answer).toMatchObject([{ id: 'reports', status: 'finished' }])
    })
  })

  it('proves that every row ended exactly once', async () => {
    // riskloom audit reports
    const { code, answer } = await product.cli('audit', 'reports')
    expect(answer).toMatchObject({
      read: 4,
      decided: 3,
      deadLettered: 1,
      filtered: 0,
      duplicates: 0,
      gaps: 0,
      inFlight: 0,
    })
    expect(code).toBe(0)
  })

  it('lists the decisions, the bad row among them with its line', async () => {
    const { key } = (await product.cli('keys', 'create')).answer as { key: string }
    const list = async (query: string) => {
      const answer = await fetch(`${product.url}/api/decisions?${query}`, {
        headers: { authorization: `Bearer ${key}` },
      })
      return (
        (await answer.json()) as {
          decisions: { preview: string; label: string; action: string; errorMessage: string }[]
        }
      ).decisions
    }
    const removed = await list('action=remove')
    expect(removed.map(decision => decision.preview).toSorted()).toEqual(['free money for everyone', '加微信看图'])
    const [bad] = await list('status=dead-lettered')
    expect(bad?.errorMessage).toMatch(/line 4/)
  })
})
