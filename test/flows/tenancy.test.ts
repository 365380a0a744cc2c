import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenHash } from '../../api/tokens.ts'
import { systemClock } from '../../connectors/clock/system.ts'
import { embeddedRecords } from '../../connectors/records/index.ts'
import { pinoTelemetry } from '../../connectors/telemetry/index.ts'
import { startProduct, type Product } from '../support/product.ts'
import { until } from '../support/until.ts'

const triage = fileURLToPath(new URL('../../docs/guide/files/keyword-triage.yml', import.meta.url))
const stranger = 'rl-a-key-of-another-workspace'

let folder: string
let product: Product
/** Ids of the first workspace’s objects. */
let own: { run: string; decision: string; key: string }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riskloom-tenancy-'))
  await addWorkspace(join(folder, 'data', 'records'))
  product = await startProduct({ dataFolder: join(folder, 'data') })
  own = await fill()
})
afterAll(async () => {
  await product.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a key of another workspace', () => {
  it('sees its own workspace, which is empty', async () => {
    expect(await call('GET', '/api/me')).toMatchObject({ status: 200, body: { workspace: 'other' } })
    for (const list of ['/api/apps', '/api/sources', '/api/pipelines', '/api/models', '/api/audit']) {
      expect(await call('GET', list)).toEqual({ status: 200, body: [] })
    }
    expect(await call('GET', '/api/decisions')).toMatchObject({ status: 200, body: { decisions: [] } })
    expect(JSON.stringify(await call('GET', '/api/keys'))).not.toContain(own.key)
    expect(await call('GET', '/api/status')).toMatchObject({ body: { ledger: { read: 0 } } })
    expect(await call('GET', '/api/situation/facets')).toMatchObject({ body: { pipelines: [], appIds: [] } })
  })

  it('finds nothing of the other, whatever it asks', async () => {
    const { run, decision, key } = own
    const asked: [string, string, object?][] = [
      ['GET', '/api/apps/keyword-triage'],
      ['GET', '/api/apps/keyword-triage/versions'],
      ['POST', '/api/apps/keyword-triage/publish', {}],
      ['DELETE', '/api/apps/keyword-triage'],
      ['POST', '/api/runs', { appId: 'keyword-triage', inputs: {} }],
      ['GET', `/api/runs/${run}`],
      ['GET', `/api/decisions/${decision}`],
      ['DELETE', '/api/sources/shop'],
      ['POST', '/api/pipelines', { source: 'shop', appId: 'keyword-triage' }],
      ['POST', '/api/pipelines/shop/start', {}],
      ['POST', '/api/pipelines/shop/pause', {}],
      ['GET', '/api/audit/shop'],
      ['DELETE', '/api/models/small'],
      ['DELETE', `/api/keys/${key}`],
      ['POST', '/api/keys', { scope: 'app', target: 'keyword-triage' }],
      ['POST', '/api/keys', { scope: 'ingest', target: 'shop' }],
      ['POST', '/ingest/shop', event('foreign')],
    ]
    for (const [method, path, body] of asked) {
      expect(`${method} ${path} ${(await call(method, path, body)).status}`).toBe(`${method} ${path} 404`)
    }
  })

  it('names no workspace to be let in: unknown fields are refused', async () => {
    expect(await call('POST', '/api/sources', { name: 'mine', workspace: 'main' })).toMatchObject({ status: 400 })
    expect(await call('GET', '/api/decisions?workspace=main')).toMatchObject({ status: 400 })
  })

  it('changed nothing: the first workspace is as it was', async () => {
    expect((await product.cli('audit', 'shop')).answer).toMatchObject({ read: 1, decided: 1, ok: true })
    expect((await product.cli('models', 'list')).answer).toMatchObject([{ name: 'small' }])
    expect((await product.cli('pipelines', 'list')).answer).toMatchObject([{ id: 'shop', status: 'running' }])
  })
})

/** A second workspace with a key, written before the server owns the folder. */
async function addWorkspace(recordsFolder: string): Promise<void> {
  const telemetry = pinoTelemetry({ level: 'warn' })
  const records = await embeddedRecords({ folder: recordsFolder, telemetry, clock: systemClock })
  try {
    await records.migrate()
    await records.access.ensureOwner('main', 'owner@localhost', systemClock.now())
    await records.access.ensureOwner('other', 'stranger@localhost', systemClock.now())
    await records.access.addKey(tokenHash(stranger), {
      id: '01890000-0000-7000-8000-000000000001',
      workspace: 'other',
      scope: 'workspace',
      target: null,
      prefix: stranger.slice(0, 8),
      createdAt: systemClock.now(),
    })
  } finally {
    await records.close()
  }
}

async function fill(): Promise<typeof own> {
  await product.cli('apps', 'import', triage, '--publish')
  await product.cli('models', 'add', '--kind', 'llm', '--name', 'small', '--base-url', 'http://127.0.0.1:9/v1')
  await product.cli('sources', 'add', '--name', 'shop')
  await product.cli('pipelines', 'create', '--source', 'shop', '--app', 'keyword-triage', '--id', 'shop', '--run')
  const { id, key } = (await product.cli('keys', 'create')).answer as { id: string; key: string }
  expect(await call('POST', '/ingest/shop', event('own'), key)).toMatchObject({ status: 202 })
  let decision: { id: string; runId: string } | undefined
  await until(async () => {
    const page = (await call('GET', '/api/decisions', undefined, key)).body as {
      decisions: { id: string; runId: string }[]
    }
    decision = page.decisions[0]
    expect(decision).toBeDefined()
  })
  expect(await call('GET', `/api/decisions/${decision?.id}`, undefined, key)).toMatchObject({ status: 200 })
  expect(await call('GET', `/api/runs/${decision?.runId}`, undefined, key)).toMatchObject({ status: 200 })
  return { run: decision?.runId ?? '', decision: decision?.id ?? '', key: id }
}

async function call(
  method: string,
  path: string,
  body?: object,
  key = stranger,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(product.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

function event(id: string): object {
  return {
    specversion: '1.0',
    id,
    source: 'shop',
    type: 'report',
    subject: 'p',
    data: { text: 'free money', surface: 'comment' },
  }
}
