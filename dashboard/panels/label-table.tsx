import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Empty } from 'antd'
import { useTranslation } from 'react-i18next'
import type { SituationTable } from '../../schemas/api/situation.ts'
import { get, queryOf } from '../api.ts'
import { useFormat } from '../parts/format.ts'
import { useName } from '../parts/label-name.ts'
import { Panel } from '../parts/panel.tsx'
import { RowsLink } from '../parts/rows-link.tsx'
import type { Span } from '../span.ts'

/** Label × surface, each cell a link to its decisions. */
export function LabelTable({ span }: { span: Span }) {
  const { t } = useTranslation()
  const { from, to } = span
  const query = useQuery({
    queryKey: ['label-table', from, to],
    queryFn: ({ signal }) => get<SituationTable>(`/api/situation/table${queryOf({ from, to })}`, signal),
    placeholderData: keepPreviousData,
  })
  return (
    <Panel title={t('matrix.title')} query={query}>
      {table =>
        table.cells.length === 0 ? (
          <Empty description={t('trend.empty')} image={Empty.PRESENTED_IMAGE_SIMPLE} />
        ) : (
          <Cells table={table} />
        )
      }
    </Panel>
  )
}

function Cells({ table }: { table: SituationTable }) {
  const { t } = useTranslation()
  const label = useName('label')
  const surface = useName('surface')
  const { count } = useFormat()
  const counts = new Map(table.cells.map(cell => [`${cell.label}\n${cell.surface}`, cell.decided]))
  const at = (row: string, column: string): number => counts.get(`${row}\n${column}`) ?? 0
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('matrix.title')}>
      <table className="figures" data-testid="label-table">
        <thead>
          <tr>
            <th scope="col">{t('matrix.label')}</th>
            {table.surfaces.map(name => (
              <th key={name} scope="col" className="number">
                {surface(name)}
              </th>
            ))}
            <th scope="col" className="number">
              {t('matrix.total')}
            </th>
          </tr>
        </thead>
        <tbody>
          {table.labels.map(row => (
            <tr key={row}>
              <th scope="row" className="name">
                {label(row)}
              </th>
              {table.surfaces.map(column => (
                <td key={column}>
                  {at(row, column) === 0 ? (
                    '0'
                  ) : (
                    <RowsLink rows={{ ...table.rows, label: row, surface: column }}>{count(at(row, column))}</RowsLink>
                  )}
                </td>
              ))}
              <td>
                <RowsLink rows={{ ...table.rows, label: row }}>
                  {count(sum(table.surfaces.map(column => at(row, column))))}
                </RowsLink>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
