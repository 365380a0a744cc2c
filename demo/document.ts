import { readFileSync } from 'node:fs'

/** The app “report triage” as a Dify DSL document. */
export function demoDocument(): string {
  return readFileSync(new URL('./report-triage.yml', import.meta.url), 'utf8')
}
