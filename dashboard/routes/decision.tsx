import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useCanGoBack, useRouter } from '@tanstack/react-router'
import { Alert } from 'antd'
import type { MouseEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { DecisionDetail, DecisionSummary, EventRecord } from '../../schemas/api/situation.ts'
import { ApiError, get } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { ActionTag, LabelTag } from '../parts/decision-table.tsx'
import { useFormat } from '../parts/format.ts'
import { QueryContent } from '../parts/panel.tsx'
import { PolicyText } from '../parts/policy-text.tsx'
import { RunTrace } from '../parts/run-trace.tsx'
import { Values } from '../parts/values.tsx'
import { useZone } from '../zone.ts'

const route = getRouteApi('/decisions/$key')

/** One decision: the event it answers, the run that made it, and what each node did. */
export function DecisionPage() {
  const { t } = useTranslation()
  const { key } = route.useParams()
  const query = useQuery({
    queryKey: ['decision', key],
    queryFn: ({ signal }) => get<DecisionDetail>(`/api/decisions/${encodeURIComponent(key)}`, signal),
  })
  const missing = query.error instanceof ApiError && query.error.status === 404
  return (
    <>
      <BackLink />
      {missing ? (
        <Alert type="warning" showIcon title={t('decision.missing')} />
      ) : (
        <QueryContent query={query}>
          {detail => (
            <div className="columns">
              <div className="panels">
                <VerdictCard detail={detail} />
                {detail.event === null ? null : <EventCard decision={detail.decision} event={detail.event} />}
              </div>
              <TraceCard detail={detail} />
            </div>
          )}
        </QueryContent>
      )}
    </>
  )
}

/** To where the reader came from, with the filters and the place in the list; to the list for those who came by a link. */
function BackLink() {
  const { t } = useTranslation()
  const zone = useZone()
  const router = useRouter()
  const canGoBack = useCanGoBack()
  const back = (event: MouseEvent): void => {
    if (!canGoBack || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    router.history.back()
  }
  return (
    <p style={{ marginTop: 0 }}>
      <Link to="/decisions" search={zone} onClick={back}>
        ← {t('decision.back')}
      </Link>
    </p>
  )
}

function VerdictCard({ detail }: { detail: DecisionDetail }) {
  const { t } = useTranslation()
  const { decision } = detail
  const format = useFormat(useZone().zone === 'utc')
  const { policyId, errorCode, errorMessage, duplicateOf, reason } = decision
  return (
    <Card title={<h1>{t('decision.verdict')}</h1>}>
      <p className="sentence lead">{decision.preview === '' ? t('latest.noText') : decision.preview}</p>
      <p className="verdict">
        <LabelTag decision={decision} />
        <ActionTag action={decision.action} /> {decision.status === 'decided' ? format.percent(decision.score) : null}
      </p>
      <dl className="facts">
        {reason === '' ? null : <Fact name={t('decision.reason')}>{reason}</Fact>}
        {policyId === '' ? null : (
          <Fact name={t('decision.policy')}>
            <PolicyText decision={decision} policy={detail.policy} />
          </Fact>
        )}
        {errorCode === '' ? null : <Fact name={t('decision.error')}>{`${errorCode} ${errorMessage}`}</Fact>}
        {duplicateOf === '' ? null : (
          <Fact name={t('status.filtered')}>{t('decision.duplicateOf', { position: duplicateOf })}</Fact>
        )}
        <Fact name={t('decision.decided')}>{format.full(decision.decidedAt)}</Fact>
        <Fact name={t('decision.latency')}>{format.duration(decision.latencyMs)}</Fact>
        <Fact name={t('decision.version')}>{`${decision.appId} ${decision.versionId}`}</Fact>
      </dl>
    </Card>
  )
}

function EventCard({ decision, event }: { decision: DecisionSummary; event: EventRecord }) {
  const { t } = useTranslation()
  const format = useFormat(useZone().zone === 'utc')
  return (
    <Card title={<h2>{t('decision.event')}</h2>}>
      <dl className="facts">
        <Fact name={t('decision.eventId')}>{decision.eventId}</Fact>
        <Fact name={t('decision.eventTime')}>{format.full(event.eventTime)}</Fact>
        <Fact name={t('decision.received')}>{format.full(event.receivedAt)}</Fact>
        <Fact name={t('decision.position')}>
          {`${event.source} / ${event.incarnation} / ${event.partition} / ${event.offset}`}
        </Fact>
      </dl>
      {event.timeClamped ? <Alert type="warning" showIcon title={t('decision.clamped')} /> : null}
      <Values title={t('decision.raw')} value={event.payload} open />
    </Card>
  )
}

function TraceCard({ detail: { decision, run } }: { detail: DecisionDetail }) {
  const { t } = useTranslation()
  return (
    <Card title={<h2>{t('decision.nodes')}</h2>}>
      {run === null ? t(decision.runId === '' ? 'decision.noRun' : 'decision.noTrace') : <RunTrace run={run} />}
    </Card>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="sentence">{children}</dd>
    </>
  )
}
