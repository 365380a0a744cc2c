import type { StoredRecord } from '../engine/ports/stream.ts'
import { clampEventTime } from '../engine/situation/event-time.ts'
import { eventRow, modelCallRows, nodeRunRows, runRow, type Row } from '../engine/situation/rows.ts'
import { decodeJson } from '../engine/values/codec.ts'
import type { Run } from '../schemas/run.ts'
import type { Source } from '../schemas/source.ts'
import type { RowsOf } from './archive.ts'
import { decode } from './decode.ts'

/** Rows of the table `events`: every record of a source, well-formed or not. */
export function eventRowsOf(source: Source): RowsOf {
  return records => ({ events: records.map(record => rowOf(source, record)) })
}

function rowOf(source: Source, record: StoredRecord): Row {
  const { text, event, dead } = decode(record)
  const facts = {
    workspace: source.workspace,
    source: source.name,
    incarnation: source.incarnation,
    partition: record.partition,
    offset: record.offset,
    receivedAt: record.timestamp,
  }
  const failure = dead === undefined ? {} : { error_code: dead.code, error_message: dead.message }
  if (event === undefined) {
    const body = { raw: text, errorCode: dead?.code ?? '', errorMessage: dead?.message ?? '' }
    return eventRow({ ...facts, eventTime: record.timestamp, timeClamped: false, body })
  }
  const row = eventRow({ ...facts, ...clampEventTime(event.time, record.timestamp), body: { event } })
  // The text as it came keeps what parsing loses: 1.0, long integers.
  return { ...row, ...failure, payload: text }
}

/** Rows of ended single runs. Runs of a stream are written with the decisions of their batch. */
export const runRowsOf: RowsOf = records => {
  const runs = records.map(record => decodeJson(Buffer.from(record.value).toString('utf8')) as unknown as Run) // as the durable port writes the topic
  return {
    runs: runs.map(run => runRow(run)),
    node_runs: runs.flatMap(nodeRunRows),
    model_calls: runs.flatMap(modelCallRows),
  }
}
