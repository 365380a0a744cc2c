import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { panels } from '../panels/index.ts'
import { RangeControls, StepControl } from '../parts/range-controls.tsx'
import type { OverviewSearch } from '../search.ts'
import { useSpan } from '../span.ts'

const route = getRouteApi('/')

/** The situation at a glance: every number leads to the rows behind it. */
export function Overview() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const span = useSpan(search)
  const change = (next: { [Key in keyof OverviewSearch]?: OverviewSearch[Key] | undefined }): void =>
    void navigate({ search: { ...search, ...next } as OverviewSearch })
  return (
    <>
      <h1 className="unseen">{t('layout.overview')}</h1>
      <div className="controls" role="group" aria-label={t('range.title')}>
        <RangeControls search={search} change={change} />
        <StepControl lengthMs={span.to - span.from} bucket={span.bucket} change={bucket => change({ bucket })} />
      </div>
      <div className="panels">
        {panels.map(({ name, Panel }) => (
          <Panel key={name} span={span} />
        ))}
      </div>
    </>
  )
}
