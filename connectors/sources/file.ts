import type { SourceReader, SourceRow } from '../../engine/ports/source-reader.ts'
import { RiskloomError } from '../../engine/error.ts'
import type { Source } from '../../schemas/source.ts'
import { csvRows, headerOf } from './csv.ts'
import { jsonRows } from './jsonl.ts'
import { cutCsv, cutLines } from './lines.ts'
import type { FileSettings } from './settings.ts'
import { checkTextFile, fileRows } from './text-file.ts'

/** Rows that are handed on at once. */
const chunkRows = 500

/** Reads CSV (with a header row) and JSON Lines, as they are or packed with gzip. */
export const fileReader: SourceReader = {
  kind: 'file',

  async check(source) {
    const settings = settingsOf(source)
    await checkTextFile(settings.path)
    if (settings.format === 'csv') await checkHeader(settings)
  },

  async *read(source, signal) {
    const settings = settingsOf(source)
    const csv = settings.format === 'csv'
    const convert = csv ? csvRows(source.name, settings) : jsonRows(source.name, settings)
    for await (const rows of fileRows(settings.path, csv ? cutCsv() : cutLines(), signal)) {
      const converted: SourceRow[] = convert(rows)
      for (let from = 0; from < converted.length; from += chunkRows) yield converted.slice(from, from + chunkRows)
    }
  },
}

function settingsOf(source: Source): FileSettings {
  if (source.settings.kind === 'file') return source.settings
  throw new RiskloomError('internal', `source ${source.name} is no file`)
}

async function checkHeader(settings: FileSettings): Promise<void> {
  const enough = new AbortController()
  for await (const [first] of fileRows(settings.path, cutCsv(), enough.signal)) {
    if (first === undefined) continue
    headerOf(first, settings)
    return
  }
  headerOf({ line: 1, text: '', error: 'the file is empty' }, settings)
}
