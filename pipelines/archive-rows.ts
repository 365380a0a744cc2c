import type { StoredRecord } from '../engine/ports/stream.ts'
import { clampEventTime } from '../engine/situation/event-time.ts'
import { eventRow, type Row } from '../engine/situation/rows.ts'
import { decodeJson } from '../engine/values/codec.ts'
import type { Run } from '../schemas/run.ts'
import type { Source } from '../schemas/source.ts'
import type { RowsOf } from './archive.ts'
import { decode } from './decode.ts'
import { createRowBytes, createRunTables, sectionsOf } from './row-bytes.ts'

/** Rows of the table `events`: every record of a source, well-formed or not. */
export function eventRowsOf(source: Source): RowsOf {
  return records => {
    const events = createRowBytes('events')
    for (const record of records) events.add(rowOf(source, record))
    return sectionsOf([events])
  }
}

function rowOf(source: Source, record: StoredRecord): Row {
  const { text, event, dead } = decode(record)
  const { partition, offset, timestamp } = record
  const failure = { errorCode: dead?.code ?? '', errorMessage: dead?.message ?? '' }
  return eventRow({
    workspace: source.workspace,
    source: source.name,
    incarnation: source.incarnation,
    partition,
    offset,
    receivedAt: timestamp,
    ...clampEventTime(event?.time, timestamp),
    body: event === undefined ? { raw: text, ...failure } : { event, text, ...failure },
  })
}

/** Rows of ended single runs. Runs of a stream are written with the decisions of their batch. */
export const runRowsOf: RowsOf = records => {
  const tables = createRunTables()
  for (const record of records) {
    // As the durable port writes the topic.
    const run = decodeJson(Buffer.from(record.value).toString('utf8')) as unknown as Run
    tables.add(run)
  }
  return sectionsOf(tables.all)
}
