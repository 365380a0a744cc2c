import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DecisionPage } from '../../schemas/api/situation.ts'
import { get, queryOf } from '../api.ts'
import { Chip } from '../parts/chip.tsx'
import { DecisionTable } from '../parts/decision-table.tsx'
import { Panel } from '../parts/panel.tsx'
import type { DecisionsSearch } from '../search.ts'
import type { Span } from '../span.ts'

const rows = 12
const everyMs = 3_000

/** The list over the time of the page. */
function rangeOf({ from, to, live, zone }: Span): DecisionsSearch {
  return { ...(live ? {} : { from, to }), ...(zone === 'utc' ? { zone } : {}) }
}

/** The newest decisions; they stand still while the pointer or the focus is among them. */
export function Latest({ span }: { span: Span }) {
  const { t } = useTranslation()
  const [held, setHeld] = useState(false)
  const query = useQuery({
    queryKey: ['latest', span.live ? 'live' : [span.from, span.to]],
    queryFn: ({ signal }) =>
      get<DecisionPage>(
        `/api/decisions${queryOf(span.live ? { limit: rows } : { limit: rows, from: span.from, to: span.to })}`,
        signal,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: span.live && !held ? everyMs : false,
  })
  const state = span.live ? (
    <Chip tone={held ? 'neutral' : 'good'}>{held ? t('latest.paused') : t('latest.live')}</Chip>
  ) : null
  return (
    <div
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={event => setHeld(event.currentTarget.matches(':hover'))}
      data-testid="latest"
    >
      <Panel
        title={t('latest.title')}
        query={query}
        extra={
          <>
            {state}{' '}
            <Link to="/decisions" search={rangeOf(span)}>
              {t('latest.all')}
            </Link>
          </>
        }
      >
        {page => <DecisionTable decisions={page.decisions} utc={span.zone === 'utc'} label={t('latest.title')} />}
      </Panel>
    </div>
  )
}
