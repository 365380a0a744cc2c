import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProduct, type Product } from '../../test/support/product.ts'
import { until } from '../../test/support/until.ts'

/**
 * Chapter 3. Systems push CloudEvents over HTTP. What was accepted is on disk when the answer comes, is decided once
 * however often it is sent, and survives a crash.
 */
describe('pushed events', () => {
  let product: Product
  let key: string

  beforeAll(async () => {
    product = await startProduct()
    await product.cli(
      'apps',
      'import',
      fileURLToPath(new URL('./files/keyword-triage.yml', import.meta.url)),
      '--publish',
    )
    await product.cli('sources', 'add', '--name', 'push')
    await product.cli('pipelines', 'create', '--source', 'push', '--app', 'keyword-triage', '--id', 'push', '--run')
    key = ((await product.cli('keys', 'create', '--source', 'push')).answer as { key: string }).key
  })
  afterAll(() => product.stop())

  it('takes one event, a batch, or one event a line', async () => {
    expect(await push('application/json', JSON.stringify(event('1')))).toMatchObject({
      status: 202,
      body: { accepted: 1, rejected: 0 },
    })
    expect(await push('application/cloudevents-batch+json', JSON.stringify([event('2'), event('3')]))).toMatchObject({
      body: { accepted: 2 },
    })
    expect(
      await push('application/x-ndjson', `${JSON.stringify(event('4'))}\n${JSON.stringify(event('5'))}\n`),
    ).toMatchObject({ body: { accepted: 2 } })
  })

  it('takes the good lines and names the bad ones', async () => {
    const { status, body } = await push(
      'application/x-ndjson',
      `${JSON.stringify(event('6'))}\nnot json\n${JSON.stringify({ ...event('7'), id: 7 })}\n`,
    )
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 1, rejected: 2, errors: [{ index: 1 }, { index: 2, field: 'id' }] })
  })

  it('refuses what is no event at all', async () => {
    expect(await push('application/json', '{"hello":"world"}')).toMatchObject({
      status: 422,
      body: { code: 'invalid-event' },
    })
    expect(await push('text/plain', 'hello')).toMatchObject({ status: 415 })
    expect((await fetch(`${product.url}/ingest/push`, { method: 'POST', body: '{}' })).status).toBe(401)
  })

  it('decides an event once, however often it is sent', async () => {
    await push('application/json', JSON.stringify(event('1')))
    await until(async () => {
      const { answer } = await product.cli('audit', 'push')
      expect(answer).toMatchObject({ read: 7, decided: 6, filtered: 1, inFlight: 0, duplicates: 0, gaps: 0 })
    })
  })

  async function push(type: string, body: string) {
    const answer = await fetch(`${product.url}/ingest/push`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': type },
      body,
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
})

function event(id: string): object {
  return {
    specversion: '1.0',
    id,
    source: 'shop',
    type: 'report',
    subject: 'post-1',
    data: { text: 'free money', surface: 'comment' },
  }
}
