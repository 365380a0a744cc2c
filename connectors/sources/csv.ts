import { parse } from 'csv-parse/sync'
import { RiskloomError } from '../../engine/error.ts'
import type { SourceRow } from '../../engine/ports/source-reader.ts'
import { buildEvent, targetsByName, targetsOf, type Target } from './event-builder.ts'
import { cutCsv, type TextRow } from './lines.ts'
import type { FileSettings } from './settings.ts'

/** A misfit row of more lines is taken for one bad row: trying each line would take too long. */
const maxRecut = 2_000

/** Turns rows of a CSV file into events; the first row that comes names the columns. */
export function csvRows(source: string, settings: FileSettings): (rows: readonly TextRow[]) => SourceRow[] {
  let header: Header | undefined
  return rows => {
    if (header !== undefined) return convert(source, settings, header, rows)
    const [first, ...others] = rows
    if (first === undefined) return []
    header = headerOf(first, settings)
    return convert(source, settings, header, others)
  }
}

export interface Header {
  readonly columns: readonly string[]
  /** Where the value of each target stands in a row. */
  readonly targets: readonly (Target & { readonly index: number })[]
}

/** @throws RiskloomError `invalid-request` naming a column of the map that the file does not have */
export function headerOf(row: TextRow, settings: FileSettings): Header {
  const columns = row.error === null ? (fieldsOf([row])[0] ?? []) : []
  if (columns.length === 0) throw new RiskloomError('invalid-request', `file.path: ${settings.path} has no header row`)
  const targets =
    Object.keys(settings.map).length > 0 ? targetsOf(settings.map) : targetsByName(columns, settings.eventType)
  return { columns, targets: targets.map(target => ({ ...target, index: indexOf(target, columns, settings) })) }
}

function indexOf(target: Target, columns: readonly string[], settings: FileSettings): number {
  const index = columns.indexOf(target.column)
  const named = columns.map(column => (column === '' ? '(unnamed)' : column)).join(', ')
  const field = `map.${target.path.join('.')}`
  const details = { field, value: target.column, columns }
  if (index < 0)
    throw new RiskloomError(
      'invalid-request',
      `${field}: ${settings.path} has no column ${JSON.stringify(target.column)}; it has ${named}`,
      { details },
    )
  if (columns.includes(target.column, index + 1)) {
    throw new RiskloomError(
      'invalid-request',
      `${field}: ${settings.path} has the column ${JSON.stringify(target.column)} twice`,
      { details },
    )
  }
  return index
}

function convert(source: string, settings: FileSettings, header: Header, rows: readonly TextRow[]): SourceRow[] {
  const fields = fieldsOf(rows.filter(row => row.error === null))
  let next = 0
  return rows.flatMap(row => {
    if (row.error !== null) return badRow(row, row.error)
    const values = fields[next] ?? []
    next += 1
    if (values.length === header.columns.length) return toEvent(source, settings, header, row, values)
    return convertMisfit(source, settings, header, row, values.length)
  })
}

/**
 * A row over several lines that does not fit most likely begins with a quote that is never closed: its first line is the
 * bad one, and those behind it are tried as rows of their own.
 */
function convertMisfit(
  source: string,
  settings: FileSettings,
  header: Header,
  row: TextRow,
  found: number,
): SourceRow[] {
  const [first = '', ...others] = row.text.split('\n')
  const misfit =
    found === 0 ? 'the quotes of the row do not fit' : `expected ${header.columns.length} columns, found ${found}`
  if (others.length === 0 || others.length > maxRecut) return [badRow(row, misfit)]
  const cutter = cutCsv()
  const rows = [...cutter.push(`${others.join('\n')}\n`), ...cutter.end()]
  const behind = rows.map(other => ({ ...other, line: other.line + row.line }))
  return [badRow({ ...row, text: first }, 'a quote is never closed'), ...convert(source, settings, header, behind)]
}

function toEvent(
  source: string,
  settings: FileSettings,
  header: Header,
  row: TextRow,
  values: readonly string[],
): SourceRow {
  const fields = header.targets.flatMap(({ path, index }) => {
    const value = values[index] ?? ''
    return value === '' ? [] : [{ path, json: JSON.stringify(value) }]
  })
  const event = buildEvent(source, settings.eventType, row.line, fields)
  return { line: row.line, key: event.key, value: event.json, error: null }
}

export function badRow(row: TextRow, error: string): SourceRow {
  return { line: row.line, key: String(row.line), value: row.text, error }
}

/** Fields of each row; none for a row that cannot be divided. One call for all is many times faster than one for each. */
function fieldsOf(rows: readonly TextRow[]): string[][] {
  if (rows.length === 0) return []
  return (
    parseAll(rows) ??
    rows.map(row => parseOne(row, false) ?? (row.text.includes('\n') ? [] : (parseOne(row, true) ?? [])))
  )
}

function parseAll(rows: readonly TextRow[]): string[][] | undefined {
  try {
    const all = parseCsv(rows.map(row => row.text).join('\n'), false)
    return all.length === rows.length ? all : undefined
  } catch {
    // One of them does not fit; which one comes out when each is tried.
    return undefined
  }
}

/** `relaxed` takes a quote in the middle of a field for a character. */
function parseOne(row: TextRow, relaxed: boolean): string[] | undefined {
  try {
    const [fields, ...others] = parseCsv(row.text, relaxed)
    return others.length === 0 ? fields : undefined
  } catch {
    return undefined
  }
}

function parseCsv(text: string, relaxed: boolean): string[][] {
  return parse(text, { relax_column_count: true, relax_quotes: relaxed, record_delimiter: '\n' })
}
