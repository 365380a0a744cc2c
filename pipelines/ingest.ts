import type { NewRecord, Stream } from '../engine/ports/stream.ts'
import { topicOf } from '../engine/ports/topics.ts'
import type { Event } from '../schemas/event.ts'
import type { Source } from '../schemas/source.ts'
import { deeperThan, maxDepth } from './decode.ts'
import { checkEnvelope } from './event-check.ts'
import { eventContentType, headerNames } from './record-headers.ts'

/** An item that was not taken: its place in what was sent, the field and what is wrong with it. */
export interface Rejected {
  readonly index: number
  readonly field: string
  readonly message: string
}

export interface Appended {
  readonly accepted: number
  readonly rejected: readonly Rejected[]
}

const headers = { [headerNames.contentType]: eventContentType }

/**
 * Appends events to a source’s topic; what it accepts is durable when it resolves. Events of one subject keep their order.
 * The envelope is checked here, where the sender can still mend it; the data is checked where the event is decided.
 */
export async function appendEvents(stream: Stream, source: Source, items: readonly unknown[]): Promise<Appended> {
  const records: NewRecord[] = []
  const rejected: Rejected[] = []
  items.forEach((item, index) => {
    const wrong = checkEnvelope(item) ?? checkEvent(item as Event, source) // the compiled check of the schema passed
    if (wrong === undefined) records.push(recordOf(item as Event))
    else
      rejected.push({
        index,
        field: wrong.field,
        message: `${wrong.field === '' ? 'the event' : wrong.field} ${wrong.message}`,
      })
  })
  if (records.length > 0) await stream.append(topicOf.source(source), records)
  return { accepted: records.length, rejected }
}

function checkEvent(event: Event, source: Source): { field: string; message: string } | undefined {
  return checkType(event, source) ?? checkDepth(event)
}

/** Before it is written as JSON, which cannot be done some thousand levels deep. */
function checkDepth(event: Event): { field: string; message: string } | undefined {
  const deep = Object.entries(event).find(([, value]) => deeperThan(value, maxDepth - 1))
  return deep === undefined ? undefined : { field: deep[0], message: `is nested deeper than ${maxDepth} levels` }
}

function checkType(event: Event, source: Source): { field: string; message: string } | undefined {
  const wanted = source.settings.kind === 'http' ? source.settings.eventType : null
  if (wanted === null || event.type === wanted) return undefined
  return { field: 'type', message: `must be ${wanted} for this source, got ${JSON.stringify(event.type.slice(0, 80))}` }
}

function recordOf(event: Event): NewRecord {
  return { key: event.subject ?? event.id, value: Buffer.from(JSON.stringify(event)), headers }
}
