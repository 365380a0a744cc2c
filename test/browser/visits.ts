import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Cookie, Page } from 'playwright-core'
import { expect } from 'vitest'
import { contextOptions, type BrowserOptions } from '../support/browser.ts'
import type { Product } from '../support/product.ts'

export interface Visit extends BrowserOptions {
  readonly path?: string
  /** Without the session of the signed-in reader. */
  readonly stranger?: boolean
  /** What the browser may complain of: the test provokes it. */
  readonly complaint?: RegExp
}

export interface Visitor {
  /** Opens a page in an empty profile, and fails for anything else that the browser complains of. */
  visit(options: Visit, look: (page: Page) => Promise<void>): Promise<void>
}

/** Signs in once, by the link; each visit takes the session with it. */
export async function visitorOf(browser: Browser, product: Product): Promise<Visitor> {
  const session = await sessionOf(browser, product)
  return {
    async visit({ path = '/', stranger = false, complaint, ...options }, look) {
      const context = await browser.newContext(contextOptions(options))
      try {
        if (!stranger) await context.addCookies(session)
        const page = await context.newPage()
        page.setDefaultTimeout(20_000)
        const complaints: string[] = []
        page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
        page.on('pageerror', error => complaints.push(error.message))
        await page.goto(product.url + path)
        await look(page)
        expect(complaints.filter(text => complaint?.test(text) !== true)).toEqual([])
      } finally {
        await context.close()
      }
    },
  }
}

async function sessionOf(browser: Browser, product: Product): Promise<Cookie[]> {
  const { answer } = await product.cli('login-link')
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto((answer as { url: string }).url)
  const cookies = await context.cookies()
  await context.close()
  return cookies
}

/** All queries of the page are answered and drawn. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor({ state: 'attached' })
  await page.waitForFunction(() => document.querySelector('.waiting') === null)
  if (new URL(page.url()).pathname === '/')
    await page.locator('path.recharts-line-curve, [data-testid=trend-table]').first().waitFor()
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Violations of WCAG 2.1 A and AA, one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    // What the script above has put there.
    const { axe: runner } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const { violations: found } = await runner.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 160)).join(' | ')}`)
  })
}

/** The number that the list says it holds. */
export async function countSaid(page: Page): Promise<number> {
  await page.waitForURL(/\/decisions\?/)
  const count = page.getByTestId('count')
  await count.filter({ hasText: /\d/ }).waitFor()
  return whole(await count.innerText())
}

/** The rows that are really there, down to the last page. */
export async function countRows(page: Page): Promise<number> {
  const rows = page.locator('table.decisions tbody tr')
  const more = page.getByRole('button', { name: 'Older' })
  await rows.first().waitFor()
  while ((await more.count()) > 0) {
    const before = await rows.count()
    await more.click()
    await page.waitForFunction(count => document.querySelectorAll('table.decisions tbody tr').length > count, before)
  }
  return rows.count()
}

export function whole(text: string): number {
  return Number(text.replaceAll(/\D/g, ''))
}
