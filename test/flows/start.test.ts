import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enginesOn } from '../support/processes.ts'
import { failedStart, runCli, startProduct, type Product } from '../support/product.ts'
import { until } from '../support/until.ts'

const greeting = fileURLToPath(new URL('../../docs/guide/files/greeting.yml', import.meta.url))
const triage = fileURLToPath(new URL('../../docs/guide/files/keyword-triage.yml', import.meta.url))

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riskloom-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a start that cannot be', () => {
  it('lists every wrong setting', async () => {
    const { code, output } = await failedStart({
      PORT: 'eight',
      RISKLOOM_LOG: 'loud',
      RISKLOOM_DATAA: 'x',
      REDIS_URL: 'redis://x',
    })
    expect(code).toBe(1)
    const lines = output.trim().split('\n')
    expect(lines).toHaveLength(5)
    for (const name of ['PORT', 'RISKLOOM_LOG', 'RISKLOOM_DATAA', 'REDIS_URL']) expect(output).toContain(name)
  })

  it('says in one line that the data folder is a file', async () => {
    const path = join(folder, 'a-file')
    await writeFile(path, '')
    expectOneLine(await failedStart({ RISKLOOM_DATA: path }), /RISKLOOM_DATA.*a-file.*no folder/)
  })

  it.skipIf(process.platform !== 'linux')('says in one line that it may not write there', async () => {
    // Even root cannot make a folder in /proc.
    expectOneLine(await failedStart({ RISKLOOM_DATA: '/proc/riskloom' }), /RISKLOOM_DATA.*\/proc\/riskloom/)
  })

  const small = mountedSmall()
  afterAll(() => small?.unmount())
  it.skipIf(small === undefined)('says in one line that the disk is full, and leaves nothing behind', async () => {
    const path = small?.path ?? ''
    expectOneLine(await failedStart({ RISKLOOM_DATA: path }), /disk.*full/)
    expect(await readdir(path)).toEqual([])
  })

  it('says in one line that nobody listens on such an address', async () => {
    const path = join(folder, 'other-host')
    expectOneLine(await failedStart({ RISKLOOM_DATA: path, HOST: '203.0.113.5' }), /cannot listen on 203\.0\.113\.5/)
    expect(enginesOn(path)).toEqual([])
  })
})

describe('a second start beside a first', () => {
  let first: Product
  beforeAll(async () => {
    first = await startProduct()
  })
  afterAll(() => first.stop())

  it('is refused the port, and takes its engines with it', async () => {
    const path = join(folder, 'second-port')
    expectOneLine(await failedStart({ RISKLOOM_DATA: path, PORT: new URL(first.url).port }), /port \d+ .*in use/)
    expect(enginesOn(path)).toEqual([])
  })

  it('is refused the data folder, naming it and the process, and the first goes on', async () => {
    const refused = await failedStart({ RISKLOOM_DATA: first.dataFolder })
    expectOneLine(refused, new RegExp(`${first.dataFolder}.*in use by process ${first.pid}`))
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
    expect((await first.cli('apps', 'list')).code).toBe(0)
  })

  it('cannot migrate under it either', async () => {
    const { code, answer } = await first.cli('migrate', 'status')
    expect(code).toBe(1)
    expect(answer).toMatchObject({
      error: { code: 'data-folder-in-use', message: expect.stringContaining(first.dataFolder) },
    })
  })
})

describe('stopping and starting again', () => {
  it('stops in order under load: whoever was answered finds the run again after the next start', async () => {
    const dataFolder = join(folder, 'load')
    const first = await startProduct({ dataFolder })
    const key = await publish(first, greeting)
    const answered: string[] = []
    const load = Array.from({ length: 6 }, () => keepRunning(first.url, key, answered))
    await until(async () => expect(answered.length).toBeGreaterThan(50))
    expect(await first.stop('SIGINT')).toBe(0)
    await Promise.all(load)
    expect(printedAfterReady(first)).toEqual(['stopping …', 'stopped, nothing lost'])
    expect(enginesOn(dataFolder)).toEqual([])

    const began = performance.now()
    const second = await startProduct({ dataFolder })
    expect(performance.now() - began).toBeLessThan(20_000)
    for (const id of answered.slice(-20)) {
      const run = await fetch(`${second.url}/v1/workflows/run/${id}`, { headers: { authorization: `Bearer ${key}` } })
      expect(await run.json()).toMatchObject({ id, status: 'succeeded' })
    }
    expect(await second.stop('SIGTERM')).toBe(0)
    expect(printedAfterReady(second)).toEqual(['stopping …', 'stopped, nothing lost'])
  })

  it('starts again after kill -9: locks and sockets of the dead do not matter, events are decided once', async () => {
    const dataFolder = join(folder, 'killed')
    const first = await startProduct({ dataFolder })
    await publish(first, triage)
    await first.cli('sources', 'add', '--name', 'shop')
    await first.cli('pipelines', 'create', '--source', 'shop', '--app', 'keyword-triage', '--id', 'shop', '--run')
    const { key } = (await first.cli('keys', 'create', '--source', 'shop')).answer as { key: string }
    for (let batch = 0; batch < 5; batch += 1) await push(first.url, key, batch)
    const engines = enginesOn(dataFolder)
    await first.stop('SIGKILL')

    const { code, answer } = await runCli({ ...process.env, RISKLOOM_DATA: dataFolder }, ['doctor'])
    expect({ code, answer }).toMatchObject({ code: 0, answer: { ok: true } })

    const second = await startProduct({ dataFolder })
    await until(async () => {
      const now = enginesOn(dataFolder)
      expect(now).toHaveLength(engines.length)
      expect(now.filter(pid => engines.includes(pid))).toEqual([])
    })
    await until(async () => {
      expect((await second.cli('audit', 'shop')).answer).toMatchObject({
        read: 500,
        decided: 500,
        inFlight: 0,
        duplicates: 0,
        gaps: 0,
        ok: true,
      })
    })
    expect(await second.stop()).toBe(0)
    expect(enginesOn(dataFolder)).toEqual([])
  })

  it('takes two Ctrl-C in a row as one, as a terminal and npm send them', async () => {
    const product = await startProduct()
    process.kill(product.pid, 'SIGINT')
    expect(await product.stop('SIGINT')).toBe(0)
    expect(printedAfterReady(product)).toEqual(['stopping …', 'stopped, nothing lost'])
  })
})

function expectOneLine({ code, output }: { code: number | null; output: string }, line: RegExp): void {
  expect(output.trim()).toMatch(line)
  expect(output.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(1)
}

function printedAfterReady(product: Product): string[] {
  const lines = product
    .output()
    .split('\n')
    .filter(line => line !== '')
  return lines.slice(lines.findIndex(line => line.startsWith('Sign in')) + 1)
}

async function publish(product: Product, file: string): Promise<string> {
  const { appId } = (await product.cli('apps', 'import', file, '--publish')).answer as { appId: string }
  return ((await product.cli('keys', 'create', '--app', appId)).answer as { key: string }).key
}

/** Runs one after the other until nobody answers any more. */
async function keepRunning(url: string, key: string, answered: string[]): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/v1/workflows/run`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: { name: 'Ada' }, user: 'u1' }),
    }).catch(() => undefined)
    if (answer === undefined || answer.status === 503) return
    const body = (await answer.json()) as { workflow_run_id: string; data: { status: string } }
    expect(body.data.status).toBe('succeeded')
    answered.push(body.workflow_run_id)
  }
}

async function push(url: string, key: string, batch: number): Promise<void> {
  const events = Array.from({ length: 100 }, (_, index) => ({
    specversion: '1.0',
    id: `${batch}-${index}`,
    source: 'shop',
    type: 'report',
    subject: `post-${index}`,
    data: { text: 'free money', surface: 'comment' },
  }))
  const answer = await fetch(`${url}/ingest/shop`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  })
  expect(answer.status).toBe(202)
}

/** A disk of 16 MiB; undefined where this process may not mount one. */
function mountedSmall(): { path: string; unmount(): void } | undefined {
  const path = join(tmpdir(), `riskloom-small-${process.pid}`)
  try {
    execFileSync('mkdir', ['-p', path])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', path], { stdio: 'ignore' })
    return {
      path,
      unmount: () => {
        execFileSync('umount', [path])
        execFileSync('rmdir', [path])
      },
    }
  } catch {
    return undefined
  }
}
