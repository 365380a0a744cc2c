import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

/** Browser tests run where Chromium is found and are counted as skipped, by name, elsewhere. */
export const hasBrowser = existsSync(executablePath)

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface BrowserOptions {
  readonly locale?: string
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
}

/** One browser for many contexts: each is as empty as a new profile, and opens at once. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: flags })
}

export function contextOptions(options: BrowserOptions): BrowserContextOptions {
  return {
    locale: options.locale ?? 'en-US',
    colorScheme: options.colorScheme ?? 'light',
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    timezoneId: 'Asia/Shanghai',
  }
}
