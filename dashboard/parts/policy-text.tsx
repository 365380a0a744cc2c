import { useTranslation } from 'react-i18next'
import type { DecisionSummary, PolicyQuote } from '../../schemas/api/situation.ts'
import { usePreferences } from '../preferences.tsx'

/** The clause that a decision rests on, in the reader’s language, and the ids that name it. */
export function PolicyText({ decision, policy }: { decision: DecisionSummary; policy: PolicyQuote | null }) {
  const { t } = useTranslation()
  const { language } = usePreferences()
  const { policyId, policyClause, policyVersion } = decision
  return (
    <>
      {policy === null ? null : <strong>{policy.title[language]}</strong>}
      {policy === null || policy.clause === null ? null : <q className="clause">{policy.clause[language]}</q>}
      <span className="quiet small">
        {policyId} / {t('decision.clause', { clause: policyClause, version: policyVersion })}
      </span>
    </>
  )
}
