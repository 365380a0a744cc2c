import { Select } from 'antd'
import { lazy, Suspense, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { bucketsFor, ranges, spanOf, type BucketName, type RangeName } from '../search.ts'

const RangePicker = lazy(() => import('./range-picker.tsx').then(module => ({ default: module.RangePicker })))

interface TimeSearch {
  readonly range?: RangeName
  readonly from?: number
  readonly to?: number
  readonly zone?: 'utc' | 'local'
}

export interface TimeChange {
  readonly range?: RangeName | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly zone?: 'utc' | 'local'
}

const minuteMs = 60_000

/** Which time, in whose zone. The choice is the address of the page. */
export function RangeControls({ search, change }: { search: TimeSearch; change: (next: TimeChange) => void }) {
  const { t } = useTranslation()
  const { live } = spanOf(search, 0)
  const choose = (range: RangeName | 'custom'): void => {
    if (range !== 'custom') return change({ range, from: undefined, to: undefined })
    const { from, to } = spanOf(search, Date.now())
    change({ range: undefined, from: wholeMinute(from), to: wholeMinute(to) + minuteMs })
  }
  return (
    <>
      <Select<RangeName | 'custom'>
        aria-label={t('range.title')}
        value={live ? (search.range ?? '24h') : 'custom'}
        options={[
          ...(Object.keys(ranges) as RangeName[]).map(value => ({ value, label: t(`range.${value}`) })),
          { value: 'custom' as const, label: t('range.custom') },
        ]}
        onChange={choose}
        style={{ minWidth: 110 }}
      />
      {search.from === undefined || search.to === undefined ? null : (
        <Suspense>
          <RangePicker
            from={search.from}
            to={search.to}
            utc={search.zone === 'utc'}
            change={(from, to) => change({ range: undefined, from, to })}
          />
        </Suspense>
      )}
      <ZoneSwitch zone={search.zone ?? 'local'} change={zone => change({ zone })} />
    </>
  )
}

const zones = ['local', 'utc'] as const
type Zone = (typeof zones)[number]

function ZoneSwitch({ zone, change }: { zone: Zone; change: (zone: Zone) => void }) {
  const { t } = useTranslation()
  const name = useId()
  return (
    <fieldset className="switch">
      <legend className="unseen">{t('range.zone')}</legend>
      {zones.map(value => (
        <label key={value}>
          <input type="radio" className="unseen" name={name} checked={zone === value} onChange={() => change(value)} />
          {t(`range.${value}`)}
        </label>
      ))}
    </fieldset>
  )
}

/** In which steps; those that would make too many points for the range are not offered. */
export function StepControl({
  lengthMs,
  bucket,
  change,
}: {
  lengthMs: number
  bucket: BucketName
  change: (bucket: BucketName) => void
}) {
  const { t } = useTranslation()
  return (
    <Select<BucketName>
      aria-label={t('range.bucket')}
      value={bucket}
      options={bucketsFor(lengthMs).map(value => ({ value, label: `${t('range.bucket')}: ${t(`range.${value}`)}` }))}
      onChange={change}
      style={{ minWidth: 150 }}
    />
  )
}

function wholeMinute(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs
}
