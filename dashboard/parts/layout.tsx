import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { theme } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { get } from '../api.ts'
import type { Status } from '../../schemas/api/status.ts'
import { cssVariables } from '../theme.ts'
import { useZone } from '../zone.ts'
import { Ledger } from './ledger.tsx'
import { Notices } from './notices.tsx'
import { ReaderMenu } from './reader-menu.tsx'

const statusEveryMs = 3_000

/** Frame of every page: where one is, whether the data can be trusted, and the reader’s own settings. */
export function Layout() {
  const { t } = useTranslation()
  const { token } = theme.useToken()
  const zone = useZone()
  const path = useRouterState({ select: state => state.location.pathname })
  const signedOut = path === '/sign-in'
  const status = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => get<Status>('/api/status', signal),
    refetchInterval: statusEveryMs,
    // The next round is the retry: a lost connection is told at once.
    retry: false,
    enabled: !signedOut,
  })
  useRecovery(status.isError)
  useEffect(() => {
    document.title = signedOut ? `${t('signIn.title')} · RiskLoom` : `${t(titleOf(path))} · RiskLoom`
  }, [path, signedOut, t])

  return (
    <div className="frame" style={cssVariables(token)}>
      <a className="skip" href="#main">
        {t('layout.skip')}
      </a>
      <header className="bar">
        <Link to="/" search={zone} className="brand">
          <img src="/favicon.svg" alt="RiskLoom" width={24} height={24} />
          <span className="brand-name" aria-hidden>
            RiskLoom
          </span>
        </Link>
        {signedOut ? null : (
          <nav aria-label={t('layout.pages')}>
            <Link
              to="/"
              search={zone}
              activeOptions={{ exact: true, includeSearch: false }}
              activeProps={{ 'aria-current': 'page' }}
            >
              {t('layout.overview')}
            </Link>
            <Link
              to="/decisions"
              search={zone}
              activeOptions={{ includeSearch: false }}
              activeProps={{ 'aria-current': 'page' }}
            >
              {t('layout.decisions')}
            </Link>
          </nav>
        )}
        <span className="grow" />
        {signedOut || status.data === undefined ? null : <Ledger status={status.data} />}
        <ReaderMenu signedOut={signedOut} />
      </header>
      {signedOut ? null : <Notices status={status.data} lost={status.isError ? status.error : null} />}
      <main id="main" className="page" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}

function titleOf(path: string): 'layout.overview' | 'layout.decisions' | 'decision.title' {
  if (path === '/') return 'layout.overview'
  return path === '/decisions' ? 'layout.decisions' : 'decision.title'
}

/** What failed while the connection was lost is asked for again when it is back. */
function useRecovery(lost: boolean): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (!lost) void queries.refetchQueries({ type: 'active', predicate: query => query.state.status === 'error' })
  }, [lost, queries])
}
