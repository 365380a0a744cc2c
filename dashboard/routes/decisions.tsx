import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Button, Card, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { DecisionPage, SituationFacets } from '../../schemas/api/situation.ts'
import { get, queryOf } from '../api.ts'
import { DecisionTable } from '../parts/decision-table.tsx'
import { useFormat } from '../parts/format.ts'
import { useName } from '../parts/label-name.ts'
import { QueryContent } from '../parts/panel.tsx'
import { ranges, type DecisionsSearch } from '../search.ts'

const route = getRouteApi('/decisions')

/** The list of decisions. Its filters are its address; a number elsewhere leads here with its own. */
export function Decisions() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const format = useFormat()
  const query = useInfiniteQuery({
    queryKey: ['decisions', search],
    queryFn: ({ signal, pageParam }) =>
      get<DecisionPage>(`/api/decisions${queryOf({ ...filterOf(search), limit: 50, cursor: pageParam })}`, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
  })
  const first = query.data?.pages[0]
  return (
    <Card
      size="small"
      title={<h1>{t('layout.decisions')}</h1>}
      extra={first === undefined ? null : `${format.minute(first.from)} – ${format.minute(first.to)}`}
    >
      <Filters search={search} />
      <QueryContent query={query}>
        {({ pages }) => (
          <>
            <DecisionTable
              decisions={pages.flatMap(page => page.decisions)}
              utc={false}
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
          </>
        )}
      </QueryContent>
    </Card>
  )
}

/** A named range becomes times when the list is asked for. */
function filterOf({ range, ...rest }: DecisionsSearch): DecisionsSearch {
  if (range === undefined) return rest
  const to = Date.now()
  return { ...rest, from: to - ranges[range], to }
}

function Filters({ search }: { search: DecisionsSearch }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const names = { label: useName('label'), surface: useName('surface'), action: useName('action') }
  const facets = useQuery({
    queryKey: ['facets'],
    queryFn: ({ signal }) => get<SituationFacets>('/api/situation/facets', signal),
    staleTime: 30_000,
  })
  const set = (change: { [Key in keyof DecisionsSearch]?: DecisionsSearch[Key] | undefined }): void => {
    const next = Object.fromEntries(
      Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined && value !== null),
    )
    void navigate({ search: next as DecisionsSearch, replace: true })
  }
  const choice = (field: 'label' | 'surface' | 'action', values: readonly string[] | undefined) => (
    <Select
      key={field}
      aria-label={t(`filter.${field}`)}
      placeholder={t(`filter.${field}`)}
      allowClear
      showSearch
      value={search[field]}
      options={(values ?? []).map(value => ({ value, label: names[field](value) }))}
      onChange={(value: string | undefined) => set({ [field]: value })}
      style={{ minWidth: 130 }}
    />
  )
  return (
    <div className="controls" role="group" aria-label={t('filter.title')}>
      {choice('label', facets.data?.labels)}
      {choice('surface', facets.data?.surfaces)}
      {choice('action', facets.data?.actions)}
      <Select
        aria-label={t('filter.status')}
        placeholder={t('filter.status')}
        allowClear
        value={search.status ?? null}
        options={(['decided', 'dead-lettered', 'filtered'] as const).map(value => ({
          value,
          label: t(`status.${value}`),
        }))}
        onChange={status => set({ status })}
        style={{ minWidth: 120 }}
      />
      <Input.Search
        aria-label={t('filter.text')}
        placeholder={t('filter.text')}
        allowClear
        defaultValue={search.text}
        onSearch={text => set({ text: text === '' ? undefined : text })}
        style={{ width: 200 }}
      />
      <InputNumber
        aria-label={`${t('filter.score')} 1`}
        placeholder="0"
        min={0}
        max={1}
        step={0.05}
        value={search.scoreMin ?? null}
        onChange={value => set({ scoreMin: value ?? undefined })}
        style={{ width: 80 }}
      />
      <InputNumber
        aria-label={`${t('filter.score')} 2`}
        placeholder="1"
        min={0}
        max={1}
        step={0.05}
        value={search.scoreMax ?? null}
        onChange={value => set({ scoreMax: value ?? undefined })}
        style={{ width: 80 }}
      />
      <Button onClick={() => void navigate({ search: {}, replace: true })}>{t('filter.clear')}</Button>
    </div>
  )
}
