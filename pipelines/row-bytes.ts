import {
  modelCallRows,
  nodeRunRows,
  runRow,
  type FactTable,
  type Row,
  type RunOrigin,
} from '../engine/situation/rows.ts'
import type { Run } from '../schemas/run.ts'
import type { Section } from './seal.ts'

/** Rows of one table, written as they come: neither their objects nor their texts are kept, which spares the garbage collector. */
export interface RowBytes {
  add(row: Row): void
  section(): Section
}

const firstBytes = 256 * 1024
const lineEnd = 10
/** A UTF-16 unit takes at most three bytes in UTF-8. */
const bytesPerUnit = 3

export function createRowBytes(table: FactTable): RowBytes {
  let buffer = Buffer.allocUnsafeSlow(firstBytes)
  let length = 0
  let rows = 0

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, length + bytes))
    buffer.copy(larger, 0, 0, length)
    buffer = larger
  }

  return {
    add(row) {
      const text = JSON.stringify(row)
      reserve(text.length * bytesPerUnit + 1)
      if (rows > 0) {
        buffer[length] = lineEnd
        length += 1
      }
      length += buffer.write(text, length, 'utf8')
      rows += 1
    },
    section: () => ({ table, rows, bytes: buffer.subarray(0, length) }),
  }
}

/** The tables in which a run with its nodes and model calls stands. */
export interface RunTables {
  readonly all: readonly RowBytes[]
  add(run: Run, origin?: RunOrigin): void
}

export function createRunTables(): RunTables {
  const runs = createRowBytes('runs')
  const nodeRuns = createRowBytes('node_runs')
  const modelCalls = createRowBytes('model_calls')
  return {
    all: [runs, nodeRuns, modelCalls],
    add(run, origin) {
      runs.add(runRow(run, origin))
      for (const row of nodeRunRows(run)) nodeRuns.add(row)
      for (const row of modelCallRows(run)) modelCalls.add(row)
    },
  }
}

/** Tables without rows are left out. */
export function sectionsOf(tables: readonly RowBytes[]): Section[] {
  return tables.map(table => table.section()).filter(section => section.rows > 0)
}
