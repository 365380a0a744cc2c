import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, openBrowser } from '../support/browser.ts'
import { startProduct, type Product } from '../support/product.ts'
import { until } from '../support/until.ts'

const axe = hasBrowser ? readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8') : ''
const events = 3_000

let product: Product

describe.skipIf(!hasBrowser)('the first page in a browser', () => {
  beforeAll(async () => {
    product = await startProduct({
      environment: { RISKLOOM_DEMO: 'on', RISKLOOM_DEMO_EVENTS: String(events), RISKLOOM_DEMO_RATE: '1' },
    })
    await until(async () => {
      const { answer } = await product.cli('audit', 'report-triage')
      expect(answer).toMatchObject({ ok: true })
      expect((answer as { decided: number }).decided).toBeGreaterThanOrEqual(events)
    }, 90_000)
  })
  afterAll(() => product.stop())

  it.each([
    ['en-US', 'Decisions over time by label', 'Demo data, generated'],
    ['zh-CN', '各标签判定随时间变化', '演示数据，由程序生成'],
  ])('opens by the link without a form, in the language of the browser: %s', async (locale, title, notice) => {
    await visit({ locale }, async page => {
      await page.getByRole('heading', { name: title }).waitFor()
      expect(await page.locator('input[type=password]').count()).toBe(0)
      expect(await page.getByTestId('demo-notice').innerText()).toContain(notice)
      await page.getByTestId('trend-chart').locator('path.recharts-line-curve').first().waitFor()
      expect(await page.getByTestId('ledger').innerText()).toContain('✓')
    })
  })

  it('leads from each number to exactly its rows', async () => {
    await visit({ path: '/?range=7d' }, async page => {
      const cells = page.getByTestId('label-table').locator('tbody tr').nth(2).locator('td a')
      const number = whole(await cells.first().innerText())
      expect(number).toBeGreaterThan(0)
      await cells.first().click()
      await page.waitForURL(/\/decisions\?.*label=/)
      expect(await countRows(page)).toBe(number)
    })
  })

  it('leads from a point of the trend to its rows', async () => {
    await visit({ path: '/?range=7d' }, async page => {
      const chart = page.getByTestId('trend-chart')
      await chart.locator('path.recharts-line-curve').first().waitFor()
      const box = await chart.boundingBox()
      if (box === null) throw new Error('the chart has no place')
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
      const dot = chart.locator('.recharts-active-dot circle').first()
      await dot.waitFor()
      await dot.click({ force: true })
      await page.waitForURL(/\/decisions\?.*from=\d+/)
    })
  })

  it('leads from a decision to its event, its run and every node', async () => {
    await visit({}, async page => {
      await page.getByTestId('latest').locator('tbody a').first().click()
      await page.waitForURL(/\/decisions\/.+/)
      await page.getByRole('heading', { name: 'Verdict' }).waitFor()
      const nodes = page.locator('[data-testid^="node-"]')
      await nodes.first().waitFor()
      expect(await nodes.count()).toBeGreaterThanOrEqual(5)
      expect(await page.getByTestId('node-classify').innerText()).toMatch(/label/)
      expect(await page.locator('pre').first().innerText()).toContain('"specversion"')
    })
  })

  it('keeps range, step and zone in the address, language and colours in the browser', async () => {
    await visit({ path: '/?range=7d&bucket=day&zone=utc' }, async page => {
      await page.getByTestId('language').click()
      await page.getByRole('heading', { name: '各标签判定随时间变化' }).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: '各标签判定随时间变化' }).waitFor()
      expect(page.url()).toMatch(/range=7d.*bucket=day.*zone=utc/)
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
      await page.getByTestId('menu').click()
      await page.getByText('深色').click()
      await page.reload()
      await page.getByTestId('trend-chart').waitFor()
      expect(await page.evaluate(() => document.documentElement.style.colorScheme)).toBe('dark')
    })
  })

  it('proves the ledger when asked', async () => {
    await visit({}, async page => {
      await page.getByTestId('ledger').click()
      const audit = page.getByTestId('audit')
      await audit.waitFor()
      expect(await audit.locator('tr').last().innerText()).toMatch(/Missing\s+0/)
    })
  })

  it.each(['/', '/decisions', '/sign-in'])('fits 390 px without sideways scroll: %s', async path => {
    await visit({ path, width: 390 }, async page => {
      await page.locator('main').waitFor()
      await page.waitForTimeout(1_500)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    })
  })

  it.each([
    ['/', 'light', 'en-US'],
    ['/', 'dark', 'zh-CN'],
    ['/decisions', 'light', 'zh-CN'],
    ['/decisions', 'dark', 'en-US'],
    ['/sign-in', 'light', 'en-US'],
  ] as const)('has nothing for axe to find (WCAG 2.1 A and AA): %s %s %s', async (path, colorScheme, locale) => {
    await visit({ path, colorScheme, locale }, async page => {
      await page.locator('h1, h2').first().waitFor()
      await page.waitForTimeout(1_500)
      await page.evaluate(axe)
      const found = await page.evaluate(async () => {
        const runner = (
          globalThis as unknown as {
            axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
          }
        ).axe
        const { violations } = await runner.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 120)).join(' | ')}`)
      })
      expect(found).toEqual([])
    })
  })
})

interface Visit {
  readonly path?: string
  readonly locale?: string
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
}

/** Signs in by a fresh link, opens a page, and fails for anything the browser complains of. */
async function visit(options: Visit, look: (page: Page) => Promise<void>): Promise<void> {
  const { url } = (await product.cli('login-link')).answer as { url: string }
  const { context, close } = await openBrowser(options)
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', error => complaints.push(error.message))
    await page.goto(url)
    if (options.path !== undefined) await page.goto(product.url + options.path)
    await look(page)
    expect(complaints).toEqual([])
  } finally {
    await close()
  }
}

async function countRows(page: Page): Promise<number> {
  const more = page.getByRole('button', { name: 'Older' })
  await page.locator('table.decisions tbody tr').first().waitFor()
  while ((await more.count()) > 0) {
    const before = await page.locator('table.decisions tbody tr').count()
    await more.click()
    await page.waitForFunction(count => document.querySelectorAll('table.decisions tbody tr').length > count, before)
  }
  return page.locator('table.decisions tbody tr').count()
}

function whole(text: string): number {
  return Number(text.replaceAll(/\D/g, ''))
}
