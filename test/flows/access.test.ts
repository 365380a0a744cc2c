import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProduct, type Product } from '../support/product.ts'

/** What answers without an identity, and why it may. */
const open = new Set(['GET /healthz', 'GET /readyz', 'POST /api/sign-in'])

let product: Product

beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.stop())

describe('who may come in', () => {
  it('refuses every route without an identity, except those that are meant to be open', async () => {
    const routes = await documentedRoutes()
    expect(routes.length).toBeGreaterThan(25)
    for (const { method, path } of routes) {
      if (open.has(`${method} ${path}`)) continue
      const answer = await fetch(product.url + path.replaceAll(/\{[^}]+\}/g, 'x'), {
        method,
        ...(method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } }),
      })
      expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} 401`)
    }
  })

  it('signs in by the one-time link, once', async () => {
    const first = await fetch(product.signInLink, { redirect: 'manual' })
    expect(first.headers.get('location')).toBe('/')
    const cookie = first.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Lax/)
    const session = cookie.split(';')[0] ?? ''
    expect((await fetch(`${product.url}/api/me`, { headers: { cookie: session } })).status).toBe(200)

    const second = await fetch(product.signInLink, { redirect: 'manual' })
    expect(second.headers.get('location')).toBe('/sign-in?link=used')
    expect(second.headers.get('set-cookie')).toBeNull()
  })

  it('takes changes by cookie only from its own pages', async () => {
    const cookie = await signIn()
    const change = (headers: Record<string, string>) =>
      fetch(`${product.url}/api/sign-out`, { method: 'POST', headers: { cookie, ...headers } })
    expect((await change({})).status).toBe(403)
    expect((await change({ origin: 'http://evil.example' })).status).toBe(403)
    expect((await change({ origin: product.url })).status).toBe(200)
    expect((await fetch(`${product.url}/api/me`, { headers: { cookie } })).status).toBe(401)
  })

  it('signs in by password once one is set, and tells nobody which part was wrong', async () => {
    const cookie = await signIn()
    const headers = { 'content-type': 'application/json', origin: product.url }
    const set = await fetch(`${product.url}/api/me/password`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify({ password: 'a long password' }),
    })
    expect(set.status).toBe(200)
    const attempt = async (email: string, password: string) => {
      const answer = await fetch(`${product.url}/api/sign-in`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ email, password }),
      })
      const body = (await answer.json()) as { message?: string }
      return { status: answer.status, message: body.message }
    }
    expect(await attempt('owner@localhost', 'a long password')).toMatchObject({ status: 200 })
    const wrong = await attempt('owner@localhost', 'another password')
    expect(wrong.status).toBe(401)
    expect(await attempt('nobody@localhost', 'a long password')).toEqual(wrong)
  })

  it('stores keys as hashes and refuses them for what they are not', async () => {
    const created = (await product.cli('keys', 'create')).answer as { key: string; id: string }
    const me = (key: string) => fetch(`${product.url}/api/me`, { headers: { authorization: `Bearer ${key}` } })
    expect((await me(created.key)).status).toBe(200)
    expect((await me(`${created.key}x`)).status).toBe(401)
    expect(
      (
        await fetch(`${product.url}/v1/workflows/run`, {
          method: 'POST',
          headers: { authorization: `Bearer ${created.key}` },
          body: '{}',
        })
      ).status,
    ).toBe(401)
    const listed = (await product.cli('keys', 'list')).answer as { id: string }[]
    expect(JSON.stringify(listed)).not.toContain(created.key)
    expect((await product.cli('keys', 'revoke', created.id)).code).toBe(0)
  })

  it('names the field of a wrong body', async () => {
    const { key } = (await product.cli('keys', 'create')).answer as { key: string }
    const post = async (path: string, body: string, type = 'application/json') => {
      const answer = await fetch(product.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': type },
        body,
      })
      return { status: answer.status, body: (await answer.json()) as { code: string; message: string; remedy: string } }
    }
    expect(await post('/api/sources', '{"name":"Bad Name"}')).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', message: expect.stringContaining('name') },
    })
    expect(await post('/api/sources', '{"name":"good","colour":"red"}')).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('colour') },
    })
    expect(await post('/api/sources', '{"name":')).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
    expect(await post('/api/sources', 'name=good', 'application/x-www-form-urlencoded')).toMatchObject({
      status: 415,
      body: { code: 'unsupported-media-type' },
    })
    expect(await post('/api/apps/import', JSON.stringify({ document: 'x'.repeat(11 * 1024 * 1024) }))).toMatchObject({
      status: 413,
      body: { code: 'body-too-large' },
    })
    expect(await post('/api/nothing', '{}')).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })
})

async function documentedRoutes(): Promise<{ method: string; path: string }[]> {
  const { key } = (await product.cli('keys', 'create')).answer as { key: string }
  const answer = await fetch(`${product.url}/docs/json`, { headers: { authorization: `Bearer ${key}` } })
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => ({ method: method.toUpperCase(), path })),
  )
}

async function signIn(): Promise<string> {
  const { url } = (await product.cli('login-link')).answer as { url: string }
  const answer = await fetch(url, { redirect: 'manual' })
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}
