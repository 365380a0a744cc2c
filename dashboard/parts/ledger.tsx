import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Audit } from '../../schemas/api/pipelines.ts'
import type { Status } from '../../schemas/api/status.ts'
import { get } from '../api.ts'
import { Chip } from './chip.tsx'
import { useFormat } from './format.ts'
import { QueryContent } from './panel.tsx'

/** “read = decided + dead-lettered + filtered + in flight”, green as long as it adds up. */
export function Ledger({ status }: { status: Status }) {
  const { t } = useTranslation()
  const { count } = useFormat()
  const id = useId()
  const [open, setOpen] = useState(false)
  const { read, decided, deadLettered, filtered, inFlight, ok } = status.ledger
  const sentence = `${count(read)} = ${count(decided)} + ${count(deadLettered)} + ${count(filtered)} + ${count(inFlight)}`
  return (
    <>
      <button type="button" className="plain" popoverTarget={id} data-testid="ledger">
        <Chip tone={ok ? 'good' : 'bad'}>
          <span className="wide">
            {t('ledger.title')} {sentence}
          </span>
          <span className="narrow">{count(read)}</span> {ok ? '✓' : '✗'}
        </Chip>
      </button>
      <div
        id={id}
        popover="auto"
        className="pop"
        role="dialog"
        aria-label={ok ? t('ledger.balanced') : t('ledger.unbalanced')}
        onToggle={event => setOpen(event.newState === 'open')}
      >
        <h2>{ok ? t('ledger.balanced') : t('ledger.unbalanced')}</h2>
        <p>{t('ledger.meaning')}</p>
        {open ? <Proof /> : null}
      </div>
    </>
  )
}

const columns = ['read', 'decided', 'deadLettered', 'filtered', 'inFlight', 'duplicates', 'gaps'] as const

/** Counts every decision anew, as `riskloom audit` does, as long as it is looked at. */
function Proof() {
  const { t } = useTranslation()
  const { count } = useFormat()
  const audits = useQuery({
    queryKey: ['audit'],
    queryFn: ({ signal }) => get<Audit[]>('/api/audit', signal),
    refetchInterval: 5_000,
  })
  return (
    <QueryContent query={audits}>
      {all => (
        <table className="figures" data-testid="audit">
          <tbody>
            {columns.map(name => (
              <tr key={name}>
                <th scope="row">{t(`ledger.${name}`)}</th>
                <td>{count(all.reduce((sum, audit) => sum + audit[name], 0))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </QueryContent>
  )
}
