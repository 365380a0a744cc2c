import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button, Empty } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SituationSeries } from '../../schemas/api/situation.ts'
import { get, queryOf } from '../api.ts'
import { useFormat } from '../parts/format.ts'
import { useName } from '../parts/label-name.ts'
import { Panel } from '../parts/panel.tsx'
import { RowsLink } from '../parts/rows-link.tsx'
import { missingBuckets } from '../parts/trend-points.ts'
import { zoneName, type Span } from '../span.ts'

const TrendChart = lazy(() => import('../parts/trend-chart.tsx').then(module => ({ default: module.TrendChart })))

/** Decisions over time, one line a label; the same numbers as a table. */
export function Trend({ span }: { span: Span }) {
  const { t } = useTranslation()
  const [asTable, setAsTable] = useState(false)
  const { from, to, bucket, zone } = span
  const query = useQuery({
    queryKey: ['series', from, to, bucket, zone],
    queryFn: ({ signal }) =>
      get<SituationSeries>(
        `/api/situation/series${queryOf({ from, to, bucket: bucket === 'auto' ? undefined : bucket, timeZone: zoneName(zone) })}`,
        signal,
      ),
    placeholderData: keepPreviousData,
  })
  const swap = (
    <Button size="small" type="text" onClick={() => setAsTable(!asTable)}>
      {asTable ? t('trend.chart') : t('trend.table')}
    </Button>
  )
  return (
    <Panel title={t('trend.title')} extra={swap} query={query}>
      {series => {
        if (series.series.length === 0)
          return <Empty description={t('trend.empty')} image={Empty.PRESENTED_IMAGE_SIMPLE} />
        if (asTable) return <TrendTable series={series} utc={zone === 'utc'} />
        return (
          <Suspense fallback={<div style={{ height: 320 }} />}>
            <TrendChart series={series} utc={zone === 'utc'} />
            <Notes series={series} />
          </Suspense>
        )
      }}
    </Panel>
  )
}

/** How to read the chart; what does not apply is not said. */
function Notes({ series }: { series: SituationSeries }) {
  const { t } = useTranslation()
  const { count } = useFormat()
  const { buckets, rest } = series
  return (
    <p className="quiet small">
      {t('trend.click')} {buckets.some(({ complete }) => !complete) ? t('trend.open') : ''}{' '}
      {missingBuckets(series).size > 0 ? t('trend.missing') : ''}{' '}
      {rest === null ? '' : t('trend.rest', { labels: count(rest.labels), total: count(rest.total) })}
    </p>
  )
}

function TrendTable({ series, utc }: { series: SituationSeries; utc: boolean }) {
  const { t } = useTranslation()
  const name = useName('label')
  const format = useFormat(utc)
  const missing = missingBuckets(series)
  return (
    <div className="scroll" style={{ maxHeight: 360 }} tabIndex={0} role="region" aria-label={t('trend.title')}>
      <table className="figures" data-testid="trend-table">
        <thead>
          <tr>
            <th scope="col">{t('trend.time')}</th>
            {series.series.map(({ label }) => (
              <th key={label} scope="col" className="number">
                {name(label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.buckets.map(({ from, to }, index) => (
            <tr key={from}>
              <th scope="row">{format.minute(from)}</th>
              {series.series.map(({ label, counts }) => (
                <td key={label}>
                  {missing.has(index) ? (
                    '–'
                  ) : (
                    <RowsLink rows={{ ...series.rows, label, from, to }}>{format.count(counts[index] ?? 0)}</RowsLink>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
