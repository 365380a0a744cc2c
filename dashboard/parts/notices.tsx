import { Alert } from 'antd'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Status } from '../../schemas/api/status.ts'
import { ApiError } from '../api.ts'
import { useFormat } from './format.ts'

/** After this long without an event, what the page shows is called old. */
const staleMs = 60_000

/** One line each: the data is generated, history still comes in, the data is old, the connection is lost. */
export function Notices({ status, lost }: { status: Status | undefined; lost: Error | null }) {
  const { t } = useTranslation()
  const { count, full } = useFormat()
  const navigate = useNavigate()
  const signedOut = lost instanceof ApiError && lost.status === 401
  useEffect(() => {
    if (signedOut) void navigate({ to: '/sign-in' })
  }, [signedOut, navigate])

  if (lost !== null && !signedOut)
    return <Alert banner type="error" showIcon title={t('notice.lost')} data-testid="lost-notice" />
  if (status === undefined) return null
  const { backfill, dataUntil, demo, now } = status
  const stale = dataUntil !== null && now - dataUntil > staleMs
  return (
    <>
      {demo ? <Alert banner type="info" showIcon title={t('notice.demo')} data-testid="demo-notice" /> : null}
      {backfill === null ? null : (
        <Alert
          banner
          type="info"
          showIcon={false}
          title={
            <span className="backfill">
              {t('notice.backfill', { done: count(backfill.done), total: count(backfill.total) })}
              <progress
                value={backfill.done}
                max={Math.max(1, backfill.total)}
                aria-label={t('notice.backfillLabel')}
              />
            </span>
          }
        />
      )}
      {stale && backfill === null ? (
        <Alert
          banner
          type="warning"
          showIcon
          title={t('notice.stale', { time: full(dataUntil) })}
          data-testid="stale-notice"
        />
      ) : null}
    </>
  )
}
