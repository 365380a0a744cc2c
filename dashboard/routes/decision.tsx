import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Alert, Card, Descriptions, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import type { DecisionDetail, DecisionSummary, EventRecord } from '../../schemas/api/situation.ts'
import { ApiError, get } from '../api.ts'
import { ActionTag, LabelTag } from '../parts/decision-table.tsx'
import { useFormat } from '../parts/format.ts'
import { QueryContent } from '../parts/panel.tsx'
import { RunTrace } from '../parts/run-trace.tsx'
import { Values } from '../parts/values.tsx'

const route = getRouteApi('/decisions/$key')

/** One decision: the event it answers, the run that made it, and what each node did. */
export function DecisionPage() {
  const { t } = useTranslation()
  const { key } = route.useParams()
  const query = useQuery({
    queryKey: ['decision', key],
    queryFn: ({ signal }) => get<DecisionDetail>(`/api/decisions/${encodeURIComponent(key)}`, signal),
  })
  if (query.error instanceof ApiError && query.error.status === 404)
    return <Alert type="warning" showIcon title={t('decision.missing')} />
  return (
    <>
      <p style={{ marginTop: 0 }}>
        <Link to="/decisions">← {t('decision.back')}</Link>
      </p>
      <QueryContent query={query}>
        {({ decision, event, run }) => (
          <div className="columns">
            <div className="panels">
              <VerdictCard decision={decision} />
              {event === null ? null : <EventCard decision={decision} event={event} />}
            </div>
            <Card size="small" title={<h2>{t('decision.nodes')}</h2>}>
              {run === null ? (
                decision.runId === '' ? (
                  t('decision.noRun')
                ) : (
                  t('decision.noTrace')
                )
              ) : (
                <RunTrace run={run} />
              )}
            </Card>
          </div>
        )}
      </QueryContent>
    </>
  )
}

function VerdictCard({ decision }: { decision: DecisionSummary }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { policyId, policyClause, policyVersion, errorCode, errorMessage, duplicateOf } = decision
  return (
    <Card size="small" title={<h1>{t('decision.verdict')}</h1>}>
      <Typography.Paragraph className="sentence" style={{ fontSize: 16 }}>
        {decision.preview === '' ? t('latest.noText') : decision.preview}
      </Typography.Paragraph>
      <p>
        <LabelTag decision={decision} />
        <ActionTag action={decision.action} /> {decision.status === 'decided' ? format.percent(decision.score) : null}
      </p>
      <Descriptions
        column={1}
        size="small"
        items={[
          ...(decision.reason === ''
            ? []
            : [
                {
                  key: 'reason',
                  label: t('decision.reason'),
                  children: <span className="sentence">{decision.reason}</span>,
                },
              ]),
          ...(policyId === ''
            ? []
            : [
                {
                  key: 'policy',
                  label: t('decision.policy'),
                  children: `${policyId}, ${t('decision.clause', { clause: policyClause, version: policyVersion })}`,
                },
              ]),
          ...(errorCode === ''
            ? []
            : [
                {
                  key: 'error',
                  label: t('decision.error'),
                  children: <span className="sentence">{`${errorCode} ${errorMessage}`}</span>,
                },
              ]),
          ...(duplicateOf === ''
            ? []
            : [
                {
                  key: 'duplicate',
                  label: t('status.filtered'),
                  children: t('decision.duplicateOf', { position: duplicateOf }),
                },
              ]),
          { key: 'decided', label: t('decision.decided'), children: format.full(decision.decidedAt) },
          {
            key: 'version',
            label: t('decision.version'),
            children: <span className="sentence">{`${decision.appId} ${decision.versionId}`}</span>,
          },
        ]}
      />
    </Card>
  )
}

function EventCard({ decision, event }: { decision: DecisionSummary; event: EventRecord }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Card size="small" title={<h2>{t('decision.event')}</h2>}>
      <Descriptions
        column={1}
        size="small"
        items={[
          { key: 'id', label: 'id', children: <span className="sentence">{decision.eventId}</span> },
          { key: 'time', label: t('decision.eventTime'), children: format.full(event.eventTime) },
          { key: 'received', label: t('decision.received'), children: format.full(event.receivedAt) },
          {
            key: 'position',
            label: t('decision.position'),
            children: `${event.source} / ${event.incarnation} / ${event.partition} / ${event.offset}`,
          },
        ]}
      />
      {event.timeClamped ? <Alert type="warning" showIcon title={t('decision.clamped')} /> : null}
      <Values title={t('decision.raw')} value={event.payload} open />
    </Card>
  )
}
