import type { Source } from '../../schemas/source.ts'

/** One row of a foreign source: an event as JSON text, or the raw row with the reason why it is none. */
export interface SourceRow {
  /** Line at which the row begins, from 1. Rows come in rising order of lines. */
  readonly line: number
  /** Subject of the event, else its id; the raw row’s place when there is neither. */
  readonly key: string
  readonly value: string
  /** Null for a well-formed row. */
  readonly error: string | null
}

/** Reads one kind of offline source. The same source read again gives the same rows. */
export interface SourceReader {
  readonly kind: Source['settings']['kind']
  /** Rejects with `invalid-request`, naming field and value, when the settings do not fit what is there. Reads no rows. */
  check(source: Source): Promise<void>
  /** All rows in chunks, as fast as they are taken. */
  read(source: Source, signal: AbortSignal): AsyncIterable<readonly SourceRow[]>
}
