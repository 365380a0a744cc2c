import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProduct, type Product } from '../../test/support/product.ts'

/**
 * Chapter 1. RiskLoom runs workflows as Dify does: the file that Dify exports is the file that it imports, and a client
 * that calls Dify calls RiskLoom by changing the address.
 */
describe('an app, run by API', () => {
  let product: Product
  let key: string

  beforeAll(async () => {
    // `npm start`, here on a folder and a port of its own.
    product = await startProduct()
  })
  afterAll(() => product.stop())

  it('imports and publishes a workflow file', async () => {
    // riskloom apps import greeting.yml --publish --json
    const { code, answer } = await product.cli('apps', 'import', file('greeting.yml'), '--publish')
    expect(code).toBe(0)
    expect(answer).toMatchObject({
      appId: 'greeting',
      mode: 'workflow',
      status: 'completed',
      checklist: [],
      published: true,
    })
  })

  it('makes a key that runs this app and nothing else', async () => {
    // riskloom keys create --app greeting --json
    const { answer } = await product.cli('keys', 'create', '--app', 'greeting')
    key = (answer as { key: string }).key
    expect(key).toMatch(/^app-/)
  })

  it('answers a blocking call with the outputs of the end node', async () => {
    const answer = await run({ inputs: { name: 'Ada' }, response_mode: 'blocking', user: 'u1' })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      data: { status: 'succeeded', outputs: { greeting: 'Hello, Ada! 3 letters.' }, error: null, total_steps: 4 },
    })
  })

  it('streams the same run as server-sent events', async () => {
    const answer = await run({ inputs: { name: 'Ada' }, response_mode: 'streaming', user: 'u1' })
    expect(answer.headers.get('content-type')).toMatch('text/event-stream')
    const names = [...(await answer.text()).matchAll(/"event": ?"(\w+)"/g)].map(match => match[1])
    expect(names[0]).toBe('workflow_started')
    expect(names.filter(name => name === 'node_finished')).toHaveLength(4)
    expect(names.at(-1)).toBe('workflow_finished')
  })

  it('names an input that is missing', async () => {
    const answer = await run({ inputs: {}, response_mode: 'blocking', user: 'u1' })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({
      code: 'invalid_param',
      message: 'name is required in input form',
      status: 400,
    })
  })

  it('keeps the run', async () => {
    const { workflow_run_id: id } = (await (await run({ inputs: { name: 'Bo' }, user: 'u1' })).json()) as {
      workflow_run_id: string
    }
    const detail = await fetch(`${product.url}/v1/workflows/run/${id}`, { headers: { authorization: `Bearer ${key}` } })
    expect(await detail.json()).toMatchObject({
      id,
      status: 'succeeded',
      outputs: { greeting: 'Hello, Bo! 2 letters.' },
    })
  })

  function run(body: object): Promise<Response> {
    return fetch(`${product.url}/v1/workflows/run`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  }
})

function file(name: string): string {
  return fileURLToPath(new URL(`./files/${name}`, import.meta.url))
}
