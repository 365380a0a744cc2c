import { Link } from '@tanstack/react-router'
import { Empty } from 'antd'
import { useTranslation } from 'react-i18next'
import type { DecisionSummary } from '../../schemas/api/situation.ts'
import { Chip, type Tone } from './chip.tsx'
import { useFormat } from './format.ts'
import { useName } from './label-name.ts'
import { useZone } from '../zone.ts'

/** Rows of decisions; the text leads to the decision. Narrow screens keep time, text, label and action. */
export function DecisionTable({
  decisions,
  utc,
  label,
}: {
  decisions: readonly DecisionSummary[]
  utc: boolean
  label: string
}) {
  const { t } = useTranslation()
  if (decisions.length === 0) return <Empty description={t('latest.none')} image={Empty.PRESENTED_IMAGE_SIMPLE} />
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="figures decisions">
        <thead>
          <tr>
            <th scope="col">{utc ? t('latest.timeUtc') : t('latest.time')}</th>
            <th scope="col">{t('latest.text')}</th>
            <th scope="col">{t('latest.label')}</th>
            <th scope="col" className="number roomy">
              {t('latest.score')}
            </th>
            <th scope="col" className="roomy">
              {t('latest.action')}
            </th>
            <th scope="col" className="roomy">
              {t('latest.surface')}
            </th>
            <th scope="col" className="number roomy">
              {t('latest.latency')}
            </th>
          </tr>
        </thead>
        <tbody>
          {decisions.map(decision => (
            <DecisionRow key={`${decision.id}/${decision.revision}`} decision={decision} utc={utc} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function DecisionRow({ decision, utc }: { decision: DecisionSummary; utc: boolean }) {
  const { t } = useTranslation()
  const format = useFormat(utc)
  const surface = useName('surface')
  const zone = useZone()
  const { id, eventTime, preview, score, status, runMs } = decision
  return (
    <tr>
      <td className="when" title={format.full(eventTime)}>
        {format.minute(eventTime)}
      </td>
      <td className="what">
        <Link to="/decisions/$key" params={{ key: id }} search={zone}>
          {preview === '' ? t('latest.noText') : preview}
        </Link>
      </td>
      <td>
        <LabelTag decision={decision} />
        <span className="narrow under">
          <ActionTag action={decision.action} />
        </span>
      </td>
      <td className="number roomy">{status === 'decided' ? format.percent(score) : '–'}</td>
      <td className="roomy">
        <ActionTag action={decision.action} />
      </td>
      <td className="roomy">{surface(decision.surface)}</td>
      <td className="number roomy">{format.duration(runMs)}</td>
    </tr>
  )
}

export function LabelTag({ decision }: { decision: Pick<DecisionSummary, 'label' | 'status'> }) {
  const { t } = useTranslation()
  const name = useName('label')
  if (decision.status !== 'decided') {
    return <Chip tone={decision.status === 'filtered' ? 'neutral' : 'bad'}>{t(`status.${decision.status}`)}</Chip>
  }
  return <Chip tone={decision.label === '' ? 'neutral' : 'warning'}>{name(decision.label)}</Chip>
}

const actionTones: Readonly<Record<string, Tone>> = { allow: 'good', review: 'info', care: 'info' }

export function ActionTag({ action }: { action: string }) {
  const name = useName('action')
  if (action === '') return <>–</>
  return <Chip tone={actionTones[action] ?? 'bad'}>{name(action)}</Chip>
}
