import type { SituationRequest, TimeRange } from '../../schemas/api/situation.ts'
import type { QueryParameter } from '../ports/analytics.ts'
import { wholeHours } from './range.ts'

export type Dimensions = Pick<SituationRequest, 'pipeline' | 'appId' | 'label' | 'surface' | 'action'>

/** A piece of SQL with what it binds. */
export interface Sql {
  readonly text: string
  readonly parameters: Readonly<Record<string, QueryParameter>>
}

const columns = 'pipeline, app_id, status, label, surface, action, decisions, tokens, cost'
const columnOf = {
  pipeline: 'pipeline',
  appId: 'app_id',
  label: 'label',
  surface: 'surface',
  action: 'action',
} as const

/**
 * Counts of live decisions in a range of whole minutes, as a table expression with a time column `at`: whole hours from
 * the rollup by hour, the edges from the rollup by minute. `fine` takes minutes throughout, for buckets below an hour.
 */
export function countsIn(range: TimeRange, dimensions: Dimensions, fine: boolean): Sql {
  const hours = wholeHours(range)
  const where = dimensionsSql(dimensions)
  const live = `workspace = {workspace:String} AND purpose = 'live'${where.text}`
  const bounds = { fromSecond: range.from / 1_000, toSecond: range.to / 1_000 }
  if (fine || hours === undefined) {
    return {
      text: `(SELECT minute AS at, ${columns} FROM decisions_by_minute WHERE ${live} AND ${between('minute', 'fromSecond', 'toSecond')})`,
      parameters: { ...where.parameters, ...bounds },
    }
  }
  const edges = `${between('minute', 'fromSecond', 'firstHour')} OR ${between('minute', 'lastHour', 'toSecond')}`
  return {
    text: `(
      SELECT hour AS at, ${columns} FROM decisions_by_hour WHERE ${live} AND ${between('hour', 'firstHour', 'lastHour')}
      UNION ALL
      SELECT minute AS at, ${columns} FROM decisions_by_minute WHERE ${live} AND (${edges})
    )`,
    parameters: { ...where.parameters, ...bounds, firstHour: hours.from / 1_000, lastHour: hours.to / 1_000 },
  }
}

/** Conditions on dimensions, each beginning with ` AND `. */
export function dimensionsSql(dimensions: Dimensions): Sql {
  const parameters: Record<string, string> = {}
  let text = ''
  for (const [name, column] of Object.entries(columnOf)) {
    // The keys of `columnOf` are the keys of the dimensions.
    const value = dimensions[name as keyof typeof columnOf]
    if (value === undefined) continue
    text += ` AND ${column} = {${name}:String}`
    parameters[name] = value
  }
  return { text, parameters }
}

/** Half-open range of a DateTime column; the bounds are parameters in seconds. */
export function between(column: string, from: string, to: string): string {
  return `(${column} >= toDateTime({${from}:UInt32}, 'UTC') AND ${column} < toDateTime({${to}:UInt32}, 'UTC'))`
}
