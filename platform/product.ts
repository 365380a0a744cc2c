import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root of the checkout, from source as well as from `dist/`. */
export function productRoot(): string {
  const here = dirname(dirname(fileURLToPath(import.meta.url)))
  return here.endsWith('dist') ? dirname(here) : here
}

export function productVersion(): string {
  const { version } = JSON.parse(readFileSync(join(productRoot(), 'package.json'), 'utf8')) as { version: string }
  return version
}
