import { messageOf } from '../../engine/error.ts'
import type { SourceRow } from '../../engine/ports/source-reader.ts'
import { decodeInput, encodeAnswer } from '../../engine/values/codec.ts'
import { getKey, isObject } from '../../engine/values/object.ts'
import type { ObjectValue, Value } from '../../engine/values/value.ts'
import { badRow } from './csv.ts'
import { buildEvent, targetsByName, targetsOf, type Target } from './event-builder.ts'
import type { TextRow } from './lines.ts'
import type { FileSettings } from './settings.ts'

/**
 * Turns lines of JSON objects into events. Without a map a line that is an event stays as it is, and any other object
 * gives its fields by name.
 */
export function jsonRows(source: string, settings: FileSettings): (rows: readonly TextRow[]) => SourceRow[] {
  const mapped = Object.keys(settings.map).length > 0 ? targetsOf(settings.map) : undefined
  return rows => rows.filter(row => row.text.trim() !== '').map(row => convert(source, settings, mapped, row))
}

function convert(
  source: string,
  settings: FileSettings,
  mapped: readonly Target[] | undefined,
  row: TextRow,
): SourceRow {
  if (row.error !== null) return badRow(row, row.error)
  const object = read(row.text)
  if (typeof object === 'string') return badRow(row, object)
  if (mapped === undefined && getKey(object, 'specversion') !== undefined) return asEvent(row, object)
  const targets = mapped ?? targetsByName(Object.keys(object), settings.eventType)
  const fields = targets.flatMap(({ path, column }) => {
    const value = getKey(object, column) ?? null
    return value === null ? [] : [{ path, json: encodeAnswer(value) }]
  })
  const event = buildEvent(source, settings.eventType, row.line, fields)
  return { line: row.line, key: event.key, value: event.json, error: null }
}

/** The object of a line, or why it is none. */
function read(text: string): ObjectValue | string {
  try {
    const value: Value = decodeInput(text)
    return isObject(value) ? value : 'the line is no JSON object'
  } catch (error) {
    return messageOf(error)
  }
}

function asEvent(row: TextRow, object: ObjectValue): SourceRow {
  const names = [getKey(object, 'subject'), getKey(object, 'id')]
  const key = names.find(name => typeof name === 'string') ?? String(row.line)
  return { line: row.line, key: String(key), value: row.text, error: null }
}
