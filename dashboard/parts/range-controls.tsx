import { DatePicker, Segmented, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { buckets, ranges, spanOf, type BucketName, type OverviewSearch, type RangeName } from '../search.ts'

/** Which time, in which steps, in whose zone. The choice is the address of the page. */
export function RangeControls({ search, change }: { search: OverviewSearch; change: (next: OverviewSearch) => void }) {
  const { t } = useTranslation()
  const { live } = spanOf(search, 0)
  const { from: _from, to: _to, range: _range, ...rest } = search
  return (
    <div className="controls" role="group" aria-label={t('range.title')}>
      <Select<RangeName | 'custom'>
        aria-label={t('range.title')}
        value={live ? (search.range ?? '24h') : 'custom'}
        options={[
          ...(Object.keys(ranges) as RangeName[]).map(value => ({ value, label: t(`range.${value}`) })),
          ...(live ? [] : [{ value: 'custom' as const, label: t('range.custom') }]),
        ]}
        onChange={range => range !== 'custom' && change({ ...rest, range })}
        style={{ minWidth: 110 }}
      />
      <DatePicker.RangePicker
        showTime={{ format: 'HH:mm' }}
        format="YYYY-MM-DD HH:mm"
        value={search.from !== undefined && search.to !== undefined ? [dayjs(search.from), dayjs(search.to)] : null}
        onChange={days => {
          const [from, to] = days ?? []
          change(from && to ? { ...rest, from: from.valueOf(), to: to.valueOf() } : rest)
        }}
        style={{ maxWidth: '100%' }}
      />
      <Select<BucketName>
        aria-label={t('range.bucket')}
        value={search.bucket ?? 'auto'}
        options={buckets.map(value => ({ value, label: `${t('range.bucket')}: ${t(`range.${value}`)}` }))}
        onChange={bucket => change({ ...search, bucket })}
        style={{ minWidth: 150 }}
      />
      <Segmented<'local' | 'utc'>
        aria-label={t('range.zone')}
        value={search.zone ?? 'local'}
        options={[
          { value: 'local', label: t('range.local') },
          { value: 'utc', label: t('range.utc') },
        ]}
        onChange={zone => change({ ...search, zone })}
      />
    </div>
  )
}
