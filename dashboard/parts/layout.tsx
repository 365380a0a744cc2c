import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Layout as Frame, theme } from 'antd'
import { useTranslation } from 'react-i18next'
import { get } from '../api.ts'
import type { Status } from '../../schemas/api/status.ts'
import { Ledger } from './ledger.tsx'
import { Notices } from './notices.tsx'
import { ReaderMenu } from './reader-menu.tsx'

/** Frame of every page: where one is, whether the data can be trusted, and the reader’s own settings. */
export function Layout() {
  const { t } = useTranslation()
  const { token } = theme.useToken()
  const path = useRouterState({ select: state => state.location.pathname })
  const signedOut = path === '/sign-in'
  const status = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => get<Status>('/api/status', signal),
    refetchInterval: 3_000,
    enabled: !signedOut,
  })

  return (
    <Frame style={{ minHeight: '100vh' }}>
      <a className="skip" href="#main">
        {t('layout.skip')}
      </a>
      <header style={{ background: token.colorBgContainer, borderBottom: `1px solid ${token.colorBorderSecondary}` }}>
        <div className="bar">
          <Link to="/" className="brand" style={{ color: token.colorText }}>
            <img src="/favicon.svg" alt="" width={24} height={24} /> RiskLoom
          </Link>
          {signedOut ? null : (
            <nav aria-label={t('layout.pages')}>
              <Link
                to="/"
                activeOptions={{ exact: true, includeSearch: false }}
                activeProps={{ 'aria-current': 'page' }}
              >
                {t('layout.overview')}
              </Link>
              <Link to="/decisions" activeOptions={{ includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>
                {t('layout.decisions')}
              </Link>
            </nav>
          )}
          <span className="grow" />
          {status.data === undefined ? null : <Ledger status={status.data} />}
          <ReaderMenu signedOut={signedOut} />
        </div>
      </header>
      {signedOut ? null : <Notices status={status.data} lost={status.isError ? status.error : null} />}
      <main id="main" className="page">
        <Outlet />
      </main>
    </Frame>
  )
}
