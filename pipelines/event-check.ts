import { Event, eventData } from '../schemas/event.ts'
import { schemaCheck, type SchemaCheck, type Violation } from './schema-check.ts'

const envelope = schemaCheck(Event)

const dataChecks: ReadonlyMap<string, SchemaCheck> = new Map(
  Object.entries(eventData).map(([type, schema]) => [type, schemaCheck(schema, 'data')]),
)

/** What is wrong with the envelope of an event; undefined when nothing is. */
export function checkEnvelope(value: unknown): Violation | undefined {
  return envelope(value)
}

/** What is wrong with an event’s data under its type. A type of the user’s own carries any object. */
export function checkData(event: Event): Violation | undefined {
  return dataChecks.get(event.type)?.(event.data)
}
