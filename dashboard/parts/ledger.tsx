import { Popover, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Status } from '../../schemas/api/status.ts'
import { useFormat } from './format.ts'

/** “read = decided + dead-lettered + filtered + in flight”, green as long as it adds up. */
export function Ledger({ status }: { status: Status }) {
  const { t } = useTranslation()
  const { count } = useFormat()
  const { read, decided, deadLettered, filtered, inFlight, duplicates, gaps, ok } = status.ledger
  const lines = [
    ['decided', decided],
    ['deadLettered', deadLettered],
    ['filtered', filtered],
    ['inFlight', inFlight],
    ['duplicates', duplicates],
    ['gaps', gaps],
  ] as const
  const sentence = `${count(read)} = ${count(decided)} + ${count(deadLettered)} + ${count(filtered)} + ${count(inFlight)}`
  const detail = (
    <div style={{ maxWidth: 340 }}>
      <p style={{ marginTop: 0 }}>{t('ledger.meaning')}</p>
      <table className="figures">
        <tbody>
          <tr>
            <th scope="row">{t('ledger.read')}</th>
            <td>{count(read)}</td>
          </tr>
          {lines.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{t(`ledger.${name}`)}</th>
              <td>{count(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
  return (
    <Popover content={detail} title={ok ? t('ledger.balanced') : t('ledger.unbalanced')} trigger="click">
      <button
        type="button"
        className="plain"
        data-testid="ledger"
        aria-label={`${t('ledger.title')}: ${ok ? t('ledger.balanced') : t('ledger.unbalanced')}, ${sentence}`}
      >
        <Tag color={ok ? 'green' : 'red'} style={{ margin: 0 }}>
          <span className="wide">
            {t('ledger.title')} {sentence}
          </span>
          <span className="narrow">{count(read)}</span> {ok ? '✓' : '✗'}
        </Tag>
      </button>
    </Popover>
  )
}
