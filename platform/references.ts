import { errorTable } from '../schemas/errors.ts'
import { settingsTable } from './config.ts'

const generated =
  '<!-- Generated from the code; a test compares. Write it anew with `UPDATE_DOCS=1 npm test -- references`. -->'

/** docs/errors.md */
export function errorsPage(): string {
  const rows = Object.entries(errorTable).map(([code, { status, remedy }]) => `| \`${code}\` | ${status} | ${remedy} |`)
  return page('Errors', 'Every refusal names one of these codes, a message with field and value, and the way out.', [
    '| code | status | way out |',
    '|---|---|---|',
    ...rows,
  ])
}

/** docs/settings.md */
export function settingsPage(): string {
  const rows = settingsTable().map(
    ({ name, fallback, meaning }) => `| \`${name}\` | ${fallback === '' ? '–' : `\`${fallback}\``} | ${meaning} |`,
  )
  return page(
    'Settings',
    'Settings come from the environment. A wrong or unknown one stops the start with a list that names each.',
    ['| setting | default | meaning |', '|---|---|---|', ...rows],
  )
}

function page(title: string, lead: string, lines: readonly string[]): string {
  return [`# ${title}`, '', generated, '', lead, '', ...lines, ''].join('\n')
}
