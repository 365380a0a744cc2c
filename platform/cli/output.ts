import { stringify } from 'yaml'
import { codeOf, messageOf, RiskloomError } from '../../engine/error.ts'
import { Refusal } from './client.ts'

/** Prints an answer: one JSON document with `--json`, else something to read. Sets the exit code by `ok`. */
export function print(answer: unknown, json: boolean, ok = true): void {
  process.stdout.write(json ? `${JSON.stringify(answer)}\n` : readable(answer))
  if (!ok) process.exitCode = 1
}

export function printError(error: unknown, json: boolean): void {
  const body = error instanceof Refusal ? error.body : bodyOf(error)
  // A list speaks for itself.
  const parts = String(body['message']).includes('\n') ? [body['message']] : [body['message'], body['remedy']]
  const line = parts.filter(text => typeof text === 'string' && text !== '').join('. ')
  if (json) process.stdout.write(`${JSON.stringify({ error: body })}\n`)
  else process.stderr.write(`${line}\n`)
  process.exitCode = 1
}

function bodyOf(error: unknown): Readonly<Record<string, unknown>> {
  const code = codeOf(error) ?? 'internal'
  const { message, remedy, details } =
    error instanceof RiskloomError ? error : new RiskloomError(code, messageOf(error), { cause: error })
  return { code, message, remedy, details }
}

function readable(answer: unknown): string {
  if (typeof answer === 'string') return `${answer}\n`
  if (!Array.isArray(answer)) return stringify(answer)
  if (answer.length === 0) return 'none\n'
  return table(answer as Record<string, unknown>[])
}

/** Rows under a heading; nested values are left to `--json`. */
function table(rows: Record<string, unknown>[]): string {
  const columns = [
    ...new Set(rows.flatMap(row => Object.keys(row).filter(key => typeof row[key] !== 'object' || row[key] === null))),
  ]
  const cells = [columns, ...rows.map(row => columns.map(column => shown(row[column])))]
  const widths = columns.map((_, index) => Math.max(...cells.map(line => line[index]?.length ?? 0)))
  return cells
    .map(
      line =>
        line
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd() + '\n',
    )
    .join('')
}

function shown(value: unknown): string {
  return value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value)
}
