import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli, startProduct, type Product } from '../support/product.ts'
import { until } from '../support/until.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const file = (name: string): string => join(root, 'docs', 'guide', 'files', name)

let product: Product

beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

describe('every command with --json prints one document and exits 0', () => {
  it('apps: import, list, publish; run', async () => {
    expect(await product.cli('apps', 'import', file('greeting.yml'))).toMatchObject({
      code: 0,
      answer: {
        appId: 'greeting',
        mode: 'workflow',
        status: expect.stringMatching(/^completed/),
        checklist: [],
        published: false,
      },
    })
    expect(await product.cli('apps', 'publish', 'greeting', '--note', 'first')).toMatchObject({
      code: 0,
      answer: { number: 1, note: 'first' },
    })
    expect(await product.cli('apps', 'list')).toMatchObject({
      code: 0,
      answer: [{ id: 'greeting', publishedNumber: 1 }],
    })
    expect(await product.cli('run', 'greeting', '--input', 'name=Ada')).toMatchObject({
      code: 0,
      answer: { status: 'succeeded', outputs: { greeting: 'Hello, Ada! 3 letters.' } },
    })
  })

  it('keys and models', async () => {
    const { code, answer } = await product.cli('keys', 'create', '--app', 'greeting')
    const { id, key } = answer as { id: string; key: string }
    expect({ code, key }).toEqual({ code: 0, key: expect.stringMatching(/^app-/) })
    expect(await product.cli('keys', 'list')).toMatchObject({
      code: 0,
      answer: [{ id, scope: 'app', target: 'greeting' }],
    })
    expect(await product.cli('keys', 'revoke', id)).toMatchObject({ code: 0 })
    const model = ['--kind', 'llm', '--name', 'small', '--base-url', 'http://127.0.0.1:9/v1', '--api-key', 'sk-secret']
    expect(await product.cli('models', 'add', ...model)).toMatchObject({
      code: 0,
      answer: { name: 'small', hasKey: true },
    })
    const listed = await product.cli('models', 'list')
    expect(JSON.stringify(listed)).not.toContain('sk-secret')
    expect(listed).toMatchObject({ code: 0, answer: [{ name: 'small', kind: 'llm' }] })
    expect(await product.cli('models', 'remove', 'small')).toMatchObject({ code: 0 })
  })

  it('sources, pipelines and audit', async () => {
    const csv = join(product.dataFolder, 'posts.csv')
    await writeFile(csv, 'id,content,place\n1,free money,comment\n2,hello,comment\n')
    await product.cli('apps', 'import', file('keyword-triage.yml'), '--publish')
    const added = await product.cli(
      'sources',
      'add',
      '--file',
      csv,
      '--map',
      'text=content,surface=place',
      '--map',
      'id=id',
    )
    expect(added).toMatchObject({ code: 0, answer: { name: 'posts', kind: 'file' } })
    expect(await product.cli('sources', 'list')).toMatchObject({ code: 0, answer: [{ name: 'posts' }] })
    const created = await product.cli(
      'pipelines',
      'create',
      '--source',
      'posts',
      '--app',
      'keyword-triage',
      '--id',
      'posts',
    )
    expect(created).toMatchObject({ code: 0, answer: { id: 'posts', status: 'paused' } })
    expect(await product.cli('pipelines', 'start', 'posts')).toMatchObject({ code: 0 })
    await until(async () =>
      expect(await product.cli('audit', 'posts')).toMatchObject({
        code: 0,
        answer: { pipeline: 'posts', read: 2, decided: 2, ok: true },
      }),
    )
    expect(await product.cli('audit', '--all')).toMatchObject({
      code: 0,
      answer: [{ pipeline: 'posts', duplicates: 0, gaps: 0 }],
    })
    expect(await product.cli('pipelines', 'pause', 'posts')).toMatchObject({ code: 0 })
    expect(await product.cli('pipelines', 'list')).toMatchObject({ code: 0, answer: [{ id: 'posts' }] })
  })

  it('login-link and doctor', async () => {
    expect(await product.cli('login-link')).toMatchObject({
      code: 0,
      answer: { url: expect.stringContaining('/login?token=') },
    })
    const { code, answer } = await product.cli('doctor')
    expect({ code, answer }).toMatchObject({ code: 0, answer: { ok: true } })
    const { checks } = answer as { checks: { name: string; ok: boolean }[] }
    expect(checks.map(check => check.name)).toEqual(
      expect.arrayContaining(['stream', 'records', 'analytics', 'durable']),
    )
  })
})

describe('what goes wrong is one document as well, and exits 1', () => {
  it.each([
    ['an unknown command', ['keys', 'forge'], 'invalid-request', /unknown command/],
    ['a missing option', ['models', 'add'], 'invalid-request', /--kind/],
    ['an unknown option', ['apps', 'list', '--colour'], 'invalid-request', /--colour/],
    ['an incomplete command', ['pipelines', 'create'], 'invalid-request', /--source/],
    ['a pair that is none', ['run', 'greeting', '--input', 'name'], 'invalid-request', /name=value/],
    ['a file that is not there', ['apps', 'import', '/nowhere.yml'], 'invalid-request', /\/nowhere\.yml/],
    ['a file that is no document', ['apps', 'import', join(root, 'LICENSE')], 'invalid-document', /\S/],
    ['an unknown app', ['keys', 'create', '--app', 'nobody'], 'not-found', /nobody/],
    ['an unknown pipeline', ['audit', 'nobody'], 'not-found', /nobody/],
    [
      'a wrong address of a model',
      ['models', 'add', '--kind', 'llm', '--name', 'x', '--base-url', 'ftp://x'],
      'invalid-request',
      /baseUrl/,
    ],
  ])('%s', async (_name, args, code, message) => {
    expect(await product.cli(...args)).toMatchObject({
      code: 1,
      answer: { error: { code, message: expect.stringMatching(message) } },
    })
  })

  it('no server', async () => {
    const nowhere = { ...process.env, RISKLOOM_DATA: join(product.dataFolder, 'nothing') }
    expect(await runCli(nowhere, ['apps', 'list'])).toMatchObject({
      code: 1,
      answer: { error: { code: 'not-running' } },
    })
  })
})

describe('with a key', () => {
  it('talks to the address by HTTP, from any folder', async () => {
    const { key } = (await product.cli('keys', 'create')).answer as { key: string }
    const elsewhere = { ...process.env, RISKLOOM_DATA: '/nowhere', RISKLOOM_URL: product.url, RISKLOOM_KEY: key }
    expect(await runCli(elsewhere, ['apps', 'list'])).toMatchObject({ code: 0, answer: expect.any(Array) })
    const wrong = { ...elsewhere, RISKLOOM_KEY: `${key}x` }
    expect(await runCli(wrong, ['apps', 'list'])).toMatchObject({
      code: 1,
      answer: { error: { code: 'unauthorized' } },
    })
    // A file of the server's machine is named by its operator only.
    expect(await runCli(elsewhere, ['sources', 'add', '--file', '/etc/passwd', '--format', 'csv'])).toMatchObject({
      code: 1,
      answer: { error: { code: 'forbidden' } },
    })
  })
})

describe('for people', () => {
  it('prints tables and sentences, through npx too', async () => {
    const listed = await shown(['apps', 'list'])
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(listed.stdout).toMatch(/^id +name/)
    const refused = await shown(['audit', 'nobody'])
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr.trim().split('\n')).toHaveLength(1)
    expect(refused.stderr).toContain('there is no pipeline nobody')
    const usage = await shown(['keys', 'forge'])
    expect(usage).toMatchObject({ code: 1, stdout: '' })
  })
})

function shown(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('npx', ['riskloom', ...args], {
    cwd: root,
    env: { ...process.env, RISKLOOM_DATA: product.dataFolder },
  })
  const told = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (told.stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (told.stderr += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    // A tree that was changed is built first, which is told.
    child.once('close', code => resolve({ code, stdout: told.stdout, stderr: told.stderr.replaceAll(/^· .*\n/gm, '') }))
  })
}
