import { parse } from 'csv-parse/sync'
import { RiskloomError } from '../../engine/error.ts'
import type { SourceRow } from '../../engine/ports/source-reader.ts'
import { buildEvent, targetsByName, targetsOf, type Target } from './event-builder.ts'
import type { TextRow } from './lines.ts'
import type { FileSettings } from './settings.ts'

/** Turns rows of a CSV file into events; the first row that comes names the columns. */
export function csvRows(source: string, settings: FileSettings): (rows: readonly TextRow[]) => SourceRow[] {
  let header: Header | undefined
  return rows => {
    const [first, ...others] = rows
    if (header !== undefined || first === undefined) return convert(source, settings, header, rows)
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

function convert(
  source: string,
  settings: FileSettings,
  header: Header | undefined,
  rows: readonly TextRow[],
): SourceRow[] {
  if (header === undefined) return []
  const sound = rows.filter(row => row.error === null)
  const fields = fieldsOf(sound)
  let next = 0
  return rows.map(row => {
    if (row.error !== null) return badRow(row, row.error)
    const values = fields[next] ?? []
    next += 1
    return toEvent(source, settings, header, row, values)
  })
}

function toEvent(
  source: string,
  settings: FileSettings,
  header: Header,
  row: TextRow,
  values: readonly string[],
): SourceRow {
  const { columns, targets } = header
  if (values.length === 0) return badRow(row, 'the quotes of the row do not fit')
  if (values.length !== columns.length) return badRow(row, `expected ${columns.length} columns, found ${values.length}`)
  const fields = targets.flatMap(({ path, index }) => {
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
  try {
    const all = parseCsv(rows.map(row => row.text).join('\n'))
    if (all.length === rows.length) return all
  } catch {
    // One of them does not fit; which one comes out below.
  }
  return rows.map(fieldsOrNone)
}

function fieldsOrNone(row: TextRow): string[] {
  try {
    const [fields, ...others] = parseCsv(row.text)
    return fields === undefined || others.length > 0 ? [] : fields
  } catch {
    return []
  }
}

function parseCsv(text: string): string[][] {
  return parse(text, { relax_column_count: true, relax_quotes: true, record_delimiter: '\n' })
}
