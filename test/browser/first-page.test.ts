import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, launchBrowser } from '../support/browser.ts'
import { startProduct, type Product } from '../support/product.ts'
import { until } from '../support/until.ts'
import { countRows, countSaid, settled, violations, visitorOf, whole, type Visitor } from './visits.ts'

const events = 3_000
const dayMs = 86_400_000

let product: Product
let browser: Browser
let visitor: Visitor

describe.skipIf(!hasBrowser)('the first page in a browser', () => {
  beforeAll(async () => {
    const environment = { RISKLOOM_DEMO: 'on', RISKLOOM_DEMO_EVENTS: String(events), RISKLOOM_DEMO_RATE: '1' }
    ;[product, browser] = await Promise.all([startProduct({ environment }), launchBrowser()])
    await until(async () => {
      const { answer } = await product.cli('audit', 'report-triage')
      expect(answer).toMatchObject({ ok: true })
      expect((answer as { decided: number }).decided).toBeGreaterThanOrEqual(events)
    }, 90_000)
    visitor = await visitorOf(browser, product)
  })
  afterAll(async () => {
    await browser.close()
    await product.stop()
  })

  it.each([
    ['en-US', 'Decisions over time by label', 'Demo data, generated'],
    ['zh-CN', '各标签判定随时间变化', '演示数据，由程序生成'],
  ])('opens by the link without a form, in the language of the browser: %s', async (locale, title, notice) => {
    const { answer } = await product.cli('login-link')
    const link = new URL((answer as { url: string }).url)
    const path = link.pathname + link.search
    await visitor.visit({ locale, stranger: true, path }, async page => {
      await page.getByRole('heading', { name: title }).waitFor()
      await settled(page)
      expect(await page.locator('input[type=password]').count()).toBe(0)
      expect(await page.getByTestId('demo-notice').innerText()).toContain(notice)
      expect(await page.getByTestId('ledger').innerText()).toContain('✓')
      expect(await page.locator('html').getAttribute('lang')).toBe(locale === 'zh-CN' ? 'zh-CN' : 'en')
    })
    await visitor.visit({ locale, stranger: true, path }, async page => {
      await page.waitForURL(/\/sign-in\?link=used/)
      await page.locator('input[type=password]').waitFor()
    })
  })

  it('sends a stranger to the sign-in page', async () => {
    await visitor.visit({ stranger: true, path: '/decisions', complaint: /401/ }, async page => {
      await page.waitForURL(/\/sign-in/)
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    })
  })

  it('signs in by password, out again, and tells when it is wrong', async () => {
    await visitor.visit({ complaint: /401/ }, async page => {
      await settled(page)
      await page.getByTestId('menu').click()
      const email = await page.locator('.account > span').first().filter({ hasText: '@' }).innerText()
      await page.getByRole('button', { name: 'Set a password' }).click()
      await page.getByLabel('New password').fill('a long enough password')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('The password is set.').waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click()

      const other = await page.context().browser()?.newContext()
      if (other === undefined) throw new Error('no second profile')
      const second = await other.newPage()
      await second.goto(`${product.url}/sign-in`)
      const signIn = async (password: string): Promise<void> => {
        await second.getByLabel('E-mail').fill(email)
        await second.getByLabel('Password', { exact: true }).fill(password)
        await second.getByRole('button', { name: 'Sign in' }).click()
      }
      await signIn('not the password')
      await second.getByText('E-mail or password is wrong.').waitFor()
      await signIn('a long enough password')
      await second.getByRole('heading', { name: 'Decisions over time by label' }).waitFor()
      await second.getByTestId('menu').click()
      await second.getByRole('button', { name: 'Sign out' }).click()
      await second.waitForURL(/\/sign-in/)
      await second.goto(`${product.url}/`)
      await second.waitForURL(/\/sign-in/)
      await other.close()
    })
    visitor = await visitorOf(browser, product)
  })

  it('leads from each kind of number to exactly as many rows', async () => {
    // A range that has ended: no event comes in between the number and its rows.
    const to = Date.now() - 3_600_000
    const path = `/?from=${to - 6 * dayMs}&to=${to}`
    await visitor.visit({ path }, async page => {
      const follow = async (find: (page: Page) => ReturnType<Page['locator']>): Promise<number> => {
        await settled(page)
        const link = find(page)
        const number = whole(await link.innerText())
        expect(number).toBeGreaterThan(0)
        await link.click()
        expect(await countSaid(page)).toBe(number)
        return number
      }
      const cell = await follow(() =>
        page.getByTestId('label-table').locator('tbody tr').nth(2).locator('td a').first(),
      )
      expect(await countRows(page)).toBe(cell)
      await page.goBack()
      await follow(() => page.getByTestId('total-decided').locator('a'))
      await page.goBack()
      await follow(() => page.getByTestId('label-table').locator('tbody tr').nth(1).locator('td a').last())
      await page.goBack()
      await settled(page)
      await page.getByRole('button', { name: 'Show as table' }).click()
      const points = page
        .getByTestId('trend-table')
        .locator('td a')
        .filter({ hasText: /^[1-9]/ })
      await follow(() => points.nth(100))
    })
  })

  it('leads from a point of the trend to its rows', async () => {
    const to = Date.now() - 3_600_000
    await visitor.visit({ path: `/?from=${to - 6 * dayMs}&to=${to}&bucket=day` }, async page => {
      await settled(page)
      const chart = page.getByTestId('trend-chart')
      await chart.scrollIntoViewIfNeeded()
      const box = await chart.boundingBox()
      if (box === null) throw new Error('the chart has no place')
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
      const dot = chart.locator('.recharts-active-dot circle').first()
      const place = await dot.boundingBox()
      if (place === null) throw new Error('no point is shown under the pointer')
      const shown = await chart.locator('.recharts-tooltip-item').allInnerTexts()
      // The line of “no risk” is the highest, and drawn first.
      const number = whole(shown.find(text => text.startsWith('no risk'))?.split(':')[1] ?? '')
      expect(number).toBeGreaterThan(0)
      await page.mouse.click(place.x + place.width / 2, place.y + place.height / 2)
      expect(await countSaid(page)).toBe(number)
      expect(page.url()).toMatch(/from=\d+.*to=\d+/)
    })
  })

  it.each([
    ['en-US', 'Verdict', 'No unmarked commercial promotion'],
    ['zh-CN', '结论', '不得发布未标明的商业推广'],
  ])('leads from a decision to its event, its run and every node: %s', async (locale, verdict, clause) => {
    await visitor.visit({ locale, path: '/decisions?range=7d&label=spam-ads' }, async page => {
      await settled(page)
      await page.locator('table.decisions tbody a').first().click()
      await page.waitForURL(/\/decisions\/.+/)
      await page.getByRole('heading', { name: verdict, exact: true }).waitFor()
      const nodes = page.locator('[data-testid^="node-"]')
      await nodes.first().waitFor()
      expect(await nodes.count()).toBeGreaterThanOrEqual(5)
      expect(await page.getByTestId('node-classify').innerText()).toMatch(/"label": "spam-ads"/)
      expect(await page.locator('.facts').first().innerText()).toContain(clause)
      expect(await page.locator('pre').first().innerText()).toContain('"specversion"')
      await page.locator('main').getByRole('link').first().click()
      await page.waitForURL(/\/decisions\?.*label=spam-ads/)
    })
  })

  it('leads from the latest list to a decision', async () => {
    await visitor.visit({}, async page => {
      await settled(page)
      await page.getByTestId('latest').locator('tbody a').first().click()
      await page.waitForURL(/\/decisions\/.+/)
      await page.locator('[data-testid^="node-"]').first().waitFor()
    })
  })

  it('takes filters from the address, and gives them up one by one with Back', async () => {
    await visitor.visit({ path: '/decisions?range=7d' }, async page => {
      await settled(page)
      const all = await countSaid(page)
      await page.getByLabel('Text contains').fill('微信')
      await page.getByLabel('Text contains').press('Enter')
      await page.waitForURL(/text=/)
      await page
        .getByTestId('count')
        .filter({ hasNotText: String(all) })
        .waitFor()
      await page.reload()
      await settled(page)
      expect(await page.getByLabel('Text contains').inputValue()).toBe('微信')
      for (const text of await page.locator('td.what').allInnerTexts()) expect(text).toContain('微信')
      await page.goBack()
      await page.waitForFunction(() => !location.search.includes('text='))
      await settled(page)
      expect(await page.getByLabel('Text contains').inputValue()).toBe('')
    })
  })

  it('keeps range, step and zone in the address, language and colours in the browser', async () => {
    await visitor.visit({ path: '/?range=7d&bucket=day&zone=utc' }, async page => {
      await settled(page)
      await page.getByTestId('language').click()
      await page.getByRole('heading', { name: '各标签判定随时间变化' }).waitFor()
      await page.getByTestId('menu').click()
      await page.getByText('深色').click()
      await page.reload()
      await settled(page)
      expect(page.url()).toMatch(/range=7d.*bucket=day.*zone=utc/)
      expect(await page.getByText('步长: 1 天').count()).toBe(1)
      expect(await page.getByRole('radio', { name: '世界协调时' }).isChecked()).toBe(true)
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
      expect(await page.evaluate(() => document.documentElement.style.colorScheme)).toBe('dark')
      expect(await page.getByTestId('latest').locator('thead').innerText()).toContain('世界协调时')
      await page.getByTestId('latest').getByRole('link', { name: '全部判定' }).click()
      await page.waitForURL(/\/decisions\?.*zone=utc/)
    })
  })

  it('draws no more points than can be read: a step too fine for the range is not offered', async () => {
    await visitor.visit({ path: '/?range=7d&bucket=minute' }, async page => {
      await settled(page)
      await page.getByRole('combobox', { name: 'Step' }).click()
      const offered = await page.locator('.ant-select-item-option').allInnerTexts()
      expect(offered).toEqual(['Step: Automatic', 'Step: 1 hour', 'Step: 1 day'])
    })
  })

  it('proves the ledger when asked, and closes it by Escape', async () => {
    await visitor.visit({}, async page => {
      await page.getByTestId('ledger').click()
      const audit = page.getByTestId('audit')
      await audit.waitFor()
      expect(await audit.locator('tr').last().innerText()).toMatch(/Missing\s+0/)
      await page.keyboard.press('Escape')
      await audit.waitFor({ state: 'detached' })
    })
  })

  it('says when the connection is lost, and takes it back by itself', async () => {
    await visitor.visit({ complaint: /ERR_INTERNET_DISCONNECTED/ }, async page => {
      await settled(page)
      await page.context().setOffline(true)
      await page.getByTestId('lost-notice').waitFor()
      expect(await page.getByTestId('total-decided').innerText()).toMatch(/\d/)
      await page.context().setOffline(false)
      await page.getByTestId('lost-notice').waitFor({ state: 'detached' })
      await page.getByTestId('demo-notice').waitFor()
    })
  })

  it('says until when the data reaches when nothing has come since', async () => {
    await visitor.visit({ locale: 'zh-CN', path: '/sign-in' }, async page => {
      await page.route('**/api/status', async route => {
        const response = await route.fetch()
        const status = (await response.json()) as { now: number }
        await route.fulfill({ response, json: { ...status, now: status.now + dayMs } })
      })
      await page.goto(`${product.url}/`)
      expect(await page.getByTestId('stale-notice').innerText()).toMatch(/数据截至 .*\d\d:\d\d:\d\d/)
    })
  })

  it('says that a range is empty, and that a question was refused', async () => {
    await visitor.visit({ locale: 'zh-CN', path: '/?from=1500000000000&to=1500003600000' }, async page => {
      await page.getByText('该时段没有判定。').first().waitFor()
      expect(await page.getByTestId('total-latencyP95Ms').innerText()).toBe('–')
    })
    await visitor.visit({ locale: 'zh-CN', path: '/decisions?scoreMin=7', complaint: /400/ }, async page => {
      await page.getByText('内容无法加载').waitFor()
      await page.getByRole('button', { name: '重试' }).waitFor()
    })
    await visitor.visit({ locale: 'zh-CN', path: '/decisions/nothing', complaint: /404/ }, async page => {
      await page.getByText('没有这条判定。').waitFor()
    })
  })

  it.each(['en-US', 'zh-CN'])('fits 390 px without sideways scroll: %s', async locale => {
    await visitor.visit({ locale, width: 390 }, async page => {
      for (const path of await everyRoute(page)) {
        await page.goto(product.url + path)
        await settled(page)
        expect(`${path} ${await page.evaluate(() => document.documentElement.scrollWidth)}`).toBe(`${path} 390`)
      }
    })
  })

  it.each([
    ['light', 'en-US'],
    ['dark', 'en-US'],
    ['light', 'zh-CN'],
    ['dark', 'zh-CN'],
  ] as const)('has nothing for axe to find (WCAG 2.1 A and AA): %s %s', async (colorScheme, locale) => {
    await visitor.visit({ colorScheme, locale }, async page => {
      const found: string[] = []
      for (const path of await everyRoute(page)) {
        await page.goto(product.url + path)
        await settled(page)
        if (path === '/') await page.getByTestId('ledger').click()
        found.push(...(await violations(page)).map(violation => `${path}: ${violation}`))
      }
      expect(found).toEqual([])
    })
  })

  it('is walked through by keyboard, with the focus in sight', async () => {
    await visitor.visit({}, async page => {
      await settled(page)
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
      const unseen: string[] = []
      const reached = new Set<string>()
      for (let press = 0; press < 40; press++) {
        await page.keyboard.press('Tab')
        const { what, seen } = await focused(page)
        reached.add(what.split(' ')[0] ?? '')
        if (!seen) unseen.push(what)
      }
      expect(unseen).toEqual([])
      expect([...reached]).toEqual(expect.arrayContaining(['a', 'button', 'input']))
    })
  })

  it('stands still for readers who ask for less motion', async () => {
    await visitor.visit({ path: '/sign-in' }, async page => {
      await page.emulateMedia({ reducedMotion: 'reduce' })
      await page.goto(`${product.url}/`)
      await settled(page)
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
      const durations = await page.evaluate(() =>
        Array.from(document.querySelectorAll('body *'), element => getComputedStyle(element).transitionDuration),
      )
      expect(new Set(durations)).toEqual(new Set(['0s']))
    })
  })

  it('leaves no English on the Chinese pages', async () => {
    await visitor.visit({ locale: 'zh-CN' }, async page => {
      for (const path of await everyRoute(page)) {
        await page.goto(product.url + path)
        await settled(page)
        expect({ path, words: await latinWords(page) }).toEqual({ path, words: [] })
      }
    })
  })
})

/** Overview, list, one decision with a label, sign-in. */
async function everyRoute(page: Page): Promise<string[]> {
  const response = await page.request.get(`${product.url}/api/decisions?risky=true&limit=1`)
  const { decisions } = (await response.json()) as { decisions: { id: string }[] }
  return ['/', '/decisions?range=7d', `/decisions/${decisions[0]?.id ?? ''}`, '/sign-in']
}

/** What has the focus, and whether it or the control around it shows so. */
function focused(page: Page): Promise<{ what: string; seen: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body
    const around = [element, element.closest('label'), element.closest('.ant-select'), element.closest('svg')]
    const seen = around.some(candidate => {
      if (candidate === null || candidate === document.body) return false
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(candidate)
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
    })
    return { what: `${element.tagName.toLowerCase()} ${element.outerHTML.slice(0, 120)}`, seen }
  })
}

/** Latin words outside of data (texts, values, titles that the document gives its nodes), ids and units. `sure` names a branch. */
function latinWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const data = 'td.what, .lead, pre, h3, dd, script, style, [lang="en"]'
    const allowed = new Set(['RiskLoom', 'English', 'US', 'ms', 's', 'min', 'HTTP', 'local', 'sure'])
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const words: string[] = []
    while (walker.nextNode()) {
      const node = walker.currentNode
      if (node.parentElement?.closest(data)) continue
      // An id holds a digit or joins its parts with a hyphen.
      const prose = (node.textContent ?? '').replaceAll(/\S*[\w][-@_\d]\S*/g, ' ')
      for (const [word] of prose.matchAll(/[A-Za-z]+/g)) if (!allowed.has(word)) words.push(word)
    }
    return words
  })
}
