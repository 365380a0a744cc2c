import { useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SituationFacets } from '../../schemas/api/situation.ts'
import { get } from '../api.ts'
import type { DecisionsSearch } from '../search.ts'
import { useName } from './label-name.ts'
import { RangeControls } from './range-controls.tsx'

type Change = { [Key in keyof DecisionsSearch]?: DecisionsSearch[Key] | undefined }

const statuses = ['decided', 'dead-lettered', 'filtered'] as const

/** Filters that have no control of their own: a link brought them, and they can only be taken away. */
const carried = ['risky', 'pipeline', 'appId', 'source', 'eventType', 'subject', 'errorCode'] as const

/** What narrows the list. Each change is a new address, so that Back takes it away again. */
export function DecisionFilters({
  search,
  change,
}: {
  search: DecisionsSearch
  change: (next: DecisionsSearch) => void
}) {
  const { t } = useTranslation()
  const set = (next: Change): void => change(without({ ...search, ...next }))
  return (
    <div className="controls" role="group" aria-label={t('filter.title')}>
      <RangeControls
        search={search.range === undefined && search.from === undefined ? { range: '30d', ...search } : search}
        change={set}
      />
      <Choices search={search} set={set} />
      <TextFilter text={search.text ?? ''} set={text => set({ text: text === '' ? undefined : text })} />
      <Score mark="≥" empty="0" value={search.scoreMin} set={scoreMin => set({ scoreMin })} />
      <Score mark="≤" empty="1" value={search.scoreMax} set={scoreMax => set({ scoreMax })} />
      <Carried search={search} set={set} />
      <Button onClick={() => change(search.zone === undefined ? {} : { zone: search.zone })}>
        {t('filter.clear')}
      </Button>
    </div>
  )
}

function Choices({ search, set }: { search: DecisionsSearch; set: (next: Change) => void }) {
  const { t } = useTranslation()
  const names = { label: useName('label'), surface: useName('surface'), action: useName('action') }
  const facets = useQuery({
    queryKey: ['facets'],
    queryFn: ({ signal }) => get<SituationFacets>('/api/situation/facets', signal),
    staleTime: 30_000,
  })
  const choice = (field: 'label' | 'surface' | 'action', values: readonly string[] = []) => (
    <Select
      key={field}
      aria-label={t(`filter.${field}`)}
      placeholder={t(`filter.${field}`)}
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      value={search[field] ?? null}
      options={values.map(value => ({ value, label: names[field](value) }))}
      onChange={(value: string | null | undefined) => set({ [field]: value ?? undefined })}
      style={{ minWidth: 120 }}
    />
  )
  return (
    <>
      {choice('label', facets.data?.labels)}
      {choice('surface', facets.data?.surfaces)}
      {choice('action', facets.data?.actions)}
      <Select
        aria-label={t('filter.status')}
        placeholder={t('filter.status')}
        allowClear
        value={search.status ?? null}
        options={statuses.map(value => ({ value, label: t(`status.${value}`) }))}
        onChange={(status: DecisionsSearch['status'] | null) => set({ status: status ?? undefined })}
        style={{ minWidth: 120 }}
      />
    </>
  )
}

function TextFilter({ text, set }: { text: string; set: (text: string) => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(text)
  const [known, setKnown] = useState(text)
  // The address changed by other means, as by Back: what is typed follows it.
  if (known !== text) {
    setKnown(text)
    setTyped(text)
  }
  return (
    <Input.Search
      aria-label={t('filter.text')}
      placeholder={t('filter.text')}
      allowClear
      value={typed}
      onChange={event => setTyped(event.target.value)}
      onSearch={set}
      style={{ width: 200 }}
    />
  )
}

function Score({
  mark,
  empty,
  value,
  set,
}: {
  mark: '≥' | '≤'
  empty: string
  value: number | undefined
  set: (value: number | undefined) => void
}) {
  const { t } = useTranslation()
  return (
    <InputNumber
      aria-label={`${t('filter.score')} ${mark}`}
      prefix={`${t('filter.score')} ${mark}`}
      placeholder={empty}
      min={0}
      max={1}
      step={0.05}
      changeOnWheel={false}
      value={value ?? null}
      onChange={next => set(next ?? undefined)}
      style={{ width: 150 }}
    />
  )
}

function Carried({ search, set }: { search: DecisionsSearch; set: (next: Change) => void }) {
  const { t } = useTranslation()
  return carried.map(name => {
    const value = search[name]
    if (value === undefined) return null
    const text =
      typeof value === 'boolean' ? t(value ? 'filter.risky' : 'filter.notRisky') : `${t(`filter.${name}`)}: ${value}`
    return (
      <Button key={name} title={t('filter.remove')} onClick={() => set({ [name]: undefined })}>
        <span className="sentence">{text}</span> <span aria-hidden>✕</span>
      </Button>
    )
  })
}

/** Without what is not set, so that it does not show in the address. */
function without(search: Change): DecisionsSearch {
  // What is left is set, and of the type that its name has in the search.
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as DecisionsSearch
}
