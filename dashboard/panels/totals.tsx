import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { SituationTotals } from '../../schemas/api/situation.ts'
import { get, queryOf } from '../api.ts'
import { useFormat, type Format } from '../parts/format.ts'
import { QueryContent } from '../parts/panel.tsx'
import { RowsLink } from '../parts/rows-link.tsx'
import { Waiting } from '../parts/waiting.tsx'
import type { Span } from '../span.ts'

type FigureName = 'decided' | 'riskyShare' | 'deadLettered' | 'latencyP95Ms' | 'cost'

const figures: readonly {
  readonly name: FigureName
  readonly format: (value: number, format: Format) => string
  readonly worse: 'up' | null
}[] = [
  { name: 'decided', format: (value, format) => format.count(value), worse: null },
  { name: 'riskyShare', format: (value, format) => format.percent(value), worse: 'up' },
  { name: 'deadLettered', format: (value, format) => format.count(value), worse: 'up' },
  { name: 'latencyP95Ms', format: (value, format) => format.duration(value), worse: 'up' },
  { name: 'cost', format: (value, format) => format.cost(value), worse: null },
]

/** A period before with less than this share of the decisions is no baseline: a percentage would mislead. */
const leastShare = 0.1

/** Numbers of the range beside the same length of time before it. */
export function Totals({ span }: { span: Span }) {
  const query = useQuery({
    queryKey: ['totals', span.from, span.to],
    queryFn: ({ signal }) =>
      get<SituationTotals>(`/api/situation/totals${queryOf({ from: span.from, to: span.to })}`, signal),
    placeholderData: keepPreviousData,
  })
  return (
    <section className="tiles" aria-live="off">
      <QueryContent query={query} waiting={<WaitingTiles />}>
        {totals =>
          figures.map(({ name, format, worse }) => (
            <Tile key={name} name={name} totals={totals} format={format} worse={worse} utc={span.zone === 'utc'} />
          ))
        }
      </QueryContent>
    </section>
  )
}

/** As high as the numbers that will come: nothing jumps. */
function WaitingTiles() {
  return figures.map(({ name }) => (
    <div key={name} className="card tile">
      <Waiting lines={3} />
    </div>
  ))
}

function Tile({
  name,
  totals,
  format,
  worse,
  utc,
}: {
  name: FigureName
  totals: SituationTotals
  format: (value: number, format: Format) => string
  worse: 'up' | null
  utc: boolean
}) {
  const { t } = useTranslation()
  const formats = useFormat(utc)
  const { value, before, rows } = totals[name]
  const comparable = (totals.decided.before ?? 0) >= leastShare * (totals.decided.value ?? 0)
  const change = comparable && value !== null && before !== null && before > 0 ? value / before - 1 : null
  const tone = change === null || worse === null || Math.abs(change) < 0.005 ? 'quiet' : change > 0 ? 'danger' : 'good'
  const baseline =
    before === null || (totals.decided.before ?? 0) === 0
      ? t('totals.noBefore')
      : t('totals.before', {
          value: format(before, formats),
          from: formats.minute(totals.before.from),
          to: formats.minute(totals.before.to),
        })
  return (
    <div className="card tile">
      <span className="quiet">{t(`totals.${name}`)}</span>
      <div className="tile-value" data-testid={`total-${name}`}>
        {value === null ? (
          '–'
        ) : (
          <RowsLink rows={rows} label={`${t(`totals.${name}`)}: ${t('totals.rows')}`}>
            {format(value, formats)}
          </RowsLink>
        )}
        {change === null ? null : (
          <span className={`change ${tone}`}>
            {change === 0 ? '=' : change > 0 ? '▲' : '▼'} {formats.percent(Math.abs(change))}
          </span>
        )}
      </div>
      <span className="quiet small">{baseline}</span>
    </div>
  )
}
