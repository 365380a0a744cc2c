import { isUtf8 } from 'node:buffer'
import { messageOf } from '../engine/error.ts'
import type { StoredRecord } from '../engine/ports/stream.ts'
import type { Event } from '../schemas/event.ts'
import { checkData, checkEnvelope } from './event-check.ts'
import { dead, ok, type Dead, type Ok } from './outcome.ts'
import { headerNames } from './record-headers.ts'

/** Largest record that is read as an event, bytes. */
const maxBytes = 1024 * 1024
/** Deepest nesting of an event; the interpreter’s own limit is higher, for what a workflow builds around it. */
export const maxDepth = 64

/** What could be read of a record. */
export interface Decoded {
  readonly text: string
  /** Absent where the record has no envelope of an event. */
  readonly event: Event | undefined
  /** Why it cannot go on. An event whose data is wrong has both. */
  readonly dead: Dead | undefined
}

/** Reads a record of a source. Never throws: what cannot be read is dead with field, value and line. */
export function decode(record: StoredRecord): Decoded {
  const bytes = Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength)
  const text = bytes.toString('utf8')
  const envelope = readEnvelope(record, bytes, text)
  if (envelope.kind === 'dead') return { text, event: undefined, dead: envelope }
  const wrong = checkData(envelope.value)
  return { text, event: envelope.value, dead: wrong === undefined ? undefined : invalid(record, wrong) }
}

function readEnvelope(record: StoredRecord, bytes: Buffer, text: string): Ok<Event> | Dead {
  const failure = record.headers[headerNames.error]
  if (failure !== undefined) return malformed(record, failure)
  if (bytes.length > maxBytes)
    return malformed(record, `the record has ${bytes.length} bytes; at most ${maxBytes} are read`)
  if (text.includes('\ufffd') && !isUtf8(bytes)) return malformed(record, 'the record is not UTF-8')
  const parsed = parse(text)
  if ('failure' in parsed) return malformed(record, `no JSON: ${parsed.failure}`)
  const { value } = parsed
  const wrong = checkEnvelope(value)
  if (wrong !== undefined) return invalid(record, wrong)
  if (text.length > maxDepth && deeperThan(value, maxDepth))
    return malformed(record, `nested deeper than ${maxDepth} levels`)
  return ok(value as Event) // `checkEnvelope` is the compiled check of exactly this schema
}

function parse(text: string): { value: unknown } | { failure: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { failure: messageOf(error).slice(0, 200) }
  }
}

function malformed(record: StoredRecord, message: string): Dead {
  return dead('malformed-record', `${place(record)}${message}`)
}

function invalid(record: StoredRecord, wrong: { field: string; message: string }): Dead {
  return dead('invalid-event', `${place(record)}${wrong.field === '' ? 'the event' : wrong.field}: ${wrong.message}`)
}

function place(record: StoredRecord): string {
  const line = record.headers[headerNames.line]
  return line === undefined ? '' : `line ${line}: `
}

/** Whether arrays and objects lie in each other deeper than so many levels; looks no deeper itself. */
export function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const item of Array.isArray(value) ? value : Object.values(value)) if (deeperThan(item, levels - 1)) return true
  return false
}
