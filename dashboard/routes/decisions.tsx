import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { DecisionPage } from '../../schemas/api/situation.ts'
import { get, queryOf } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { DecisionFilters } from '../parts/decision-filters.tsx'
import { DecisionTable } from '../parts/decision-table.tsx'
import { useFormat } from '../parts/format.ts'
import { QueryContent } from '../parts/panel.tsx'
import { ranges, type DecisionsSearch } from '../search.ts'

const route = getRouteApi('/decisions')
const pageSize = 50

/** The list of decisions. Its filters are its address; a number elsewhere leads here with its own. */
export function Decisions() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { zone, ...filter } = search
  const format = useFormat(zone === 'utc')
  const query = useInfiniteQuery({
    queryKey: ['decisions', filter],
    queryFn: ({ signal, pageParam }) =>
      get<DecisionPage>(`/api/decisions${queryOf({ ...timesOf(filter), limit: pageSize, cursor: pageParam })}`, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const total = useTotal(filter)
  const first = query.data?.pages[0]
  return (
    <Card
      title={<h1>{t('layout.decisions')}</h1>}
      extra={first === undefined ? null : `${format.minute(first.from)} – ${format.minute(first.to)}`}
    >
      <DecisionFilters search={search} change={next => void navigate({ search: next })} />
      <QueryContent query={query}>
        {({ pages }) => (
          <div aria-busy={query.isPlaceholderData} style={{ opacity: query.isPlaceholderData ? 0.5 : 1 }}>
            <p className="quiet" aria-live="polite" data-testid="count">
              {total === undefined ? '…' : t('latest.count', { total: format.count(total) })}
            </p>
            <DecisionTable
              decisions={pages.flatMap(page => page.decisions)}
              utc={zone === 'utc'}
              label={t('layout.decisions')}
            />
            {query.hasNextPage ? (
              <Button
                block
                onClick={() => void query.fetchNextPage()}
                loading={query.isFetchingNextPage}
                style={{ marginTop: 12 }}
              >
                {t('latest.more')}
              </Button>
            ) : null}
          </div>
        )}
      </QueryContent>
    </Card>
  )
}

/** Asked for apart from the rows: counting everything may take longer than showing the first page. */
function useTotal(filter: DecisionsSearch): number | undefined {
  const query = useQuery({
    queryKey: ['count', filter],
    queryFn: ({ signal }) =>
      get<DecisionPage>(`/api/decisions${queryOf({ ...timesOf(filter), limit: 1, count: true })}`, signal),
  })
  return query.data?.total ?? undefined
}

/** A named range becomes times when the list is asked for. */
function timesOf({ range, ...rest }: DecisionsSearch): DecisionsSearch {
  if (rest.from !== undefined || rest.to !== undefined || range === undefined) return rest
  const to = Date.now()
  return { ...rest, from: to - ranges[range], to }
}
