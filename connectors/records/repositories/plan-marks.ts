import { RiskloomError } from '../../../engine/error.ts'
import type { OffsetRange } from '../../../schemas/position.ts'
import type { Queries, Row } from '../database.ts'

/** The mark of a partition that was never planned stands wherever its first range starts. */
export async function moveMarks(queries: Queries, pipeline: string, ranges: readonly OffsetRange[]): Promise<void> {
  assertRanges(ranges)
  // excluded.start_offset is where the range starts; for a known partition only the mark moves
  const moved = await queries.query(
    `INSERT INTO pipeline_marks AS mark (pipeline, partition, start_offset, next_offset)
     SELECT $1, range.* FROM unnest($2::integer[], $3::bigint[], $4::bigint[]) AS range
     ON CONFLICT (workspace_id, pipeline, partition) DO UPDATE SET next_offset = excluded.next_offset
     WHERE mark.next_offset = excluded.start_offset
     RETURNING partition`,
    [pipeline, ranges.map(range => range.partition), ranges.map(range => range.from), ranges.map(range => range.to)],
  )
  const missed = ranges.find(({ partition }) => !moved.some(row => row['partition'] === partition))
  if (missed === undefined) return
  throw new RiskloomError(
    'fenced',
    `pipeline ${pipeline}: partition ${missed.partition} was planned past ${missed.from}`,
    {
      details: { pipeline, partition: missed.partition, from: missed.from },
    },
  )
}

export async function marks(queries: Queries, pipeline: string): Promise<Map<number, number>> {
  return new Map((await planned(queries, pipeline)).map(({ partition, to }) => [partition, to]))
}

/** `read` comes from the marks, so it stays right when done plans are pruned. */
export async function counts(
  queries: Queries,
  pipeline: string,
): Promise<{ read: number; inFlight: number; ranges: OffsetRange[] }> {
  // one statement, so that a plan that is created meanwhile stands in both numbers or in none
  const rows = await queries.query(
    `SELECT partition, start_offset AS from, next_offset AS to,
       (SELECT coalesce(sum(positions), 0)::bigint FROM plans
        WHERE pipeline = $1 AND state IN ('planned', 'sealed')) AS "inFlight"
     FROM pipeline_marks WHERE pipeline = $1 ORDER BY partition`,
    [pipeline],
  )
  const ranges = rows.map(readRange)
  return {
    read: ranges.reduce((sum, range) => sum + range.to - range.from, 0),
    inFlight: Number(rows[0]?.['inFlight'] ?? 0),
    ranges,
  }
}

async function planned(queries: Queries, pipeline: string): Promise<OffsetRange[]> {
  const rows = await queries.query(
    `SELECT partition, start_offset AS from, next_offset AS to
     FROM pipeline_marks WHERE pipeline = $1 ORDER BY partition`,
    [pipeline],
  )
  return rows.map(readRange)
}

function readRange(row: Row): OffsetRange {
  return { partition: Number(row['partition']), from: Number(row['from']), to: Number(row['to']) }
}

function assertRanges(ranges: readonly OffsetRange[]): void {
  const wrong = ranges.find(({ from, to }) => from > to)
  if (wrong !== undefined)
    throw new RiskloomError('invalid-request', `range ${wrong.from}–${wrong.to} ends before it starts`)
  if (new Set(ranges.map(({ partition }) => partition)).size < ranges.length) {
    throw new RiskloomError('invalid-request', 'a plan names each partition at most once')
  }
}
