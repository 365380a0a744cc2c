import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, post } from '../api.ts'
import type { Me } from '../../schemas/api/access.ts'
import { usePreferences, type Scheme } from '../preferences.tsx'

const PasswordDialog = lazy(() => import('./password-dialog.tsx').then(module => ({ default: module.PasswordDialog })))

const schemes: readonly Scheme[] = ['light', 'dark', 'system']

/** Language, colours and the account. */
export function ReaderMenu({ signedOut }: { signedOut: boolean }) {
  const { t } = useTranslation()
  const { language, scheme, setLanguage, setScheme } = usePreferences()
  const id = useId()
  const menu = useRef<HTMLDivElement>(null)
  const other = language === 'en' ? 'zh-CN' : 'en'
  return (
    <span className="reader">
      <Button size="small" onClick={() => setLanguage(other)} lang={other} data-testid="language">
        {language === 'en' ? '中文' : 'English'}
      </Button>
      <Button size="small" popoverTarget={id} aria-label={t('account.menu')} data-testid="menu">
        ☰
      </Button>
      <div id={id} ref={menu} popover="auto" className="pop" role="dialog" aria-label={t('account.menu')}>
        <fieldset className="choices">
          <legend>{t('scheme.title')}</legend>
          {schemes.map(name => (
            <label key={name}>
              <input type="radio" name="scheme" checked={scheme === name} onChange={() => setScheme(name)} />{' '}
              {t(`scheme.${name}`)}
            </label>
          ))}
        </fieldset>
        {signedOut ? null : <Account close={() => menu.current?.hidePopover()} />}
      </div>
    </span>
  )
}

function Account({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [failed, setFailed] = useState(false)
  const me = useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => get<Me>('/api/me', signal),
    staleTime: 60_000,
  })
  const signOut = async (): Promise<void> => {
    try {
      await post('/api/sign-out', {})
    } catch {
      return setFailed(true)
    }
    await navigate({ to: '/sign-in' })
    // Nothing of one reader is shown to the next.
    queries.clear()
  }
  return (
    <div className="account">
      <span className="quiet sentence">{me.data?.email ?? '…'}</span>
      <Button
        size="small"
        block
        onClick={() => {
          close()
          setAsking(true)
        }}
      >
        {t('account.password')}
      </Button>
      <Button size="small" block onClick={() => void signOut()}>
        {t('account.signOut')}
      </Button>
      {failed ? (
        <span role="alert" className="danger">
          {t('error.lost')}
        </span>
      ) : null}
      {asking ? (
        <Suspense>
          <PasswordDialog hasPassword={me.data?.hasPassword ?? false} close={() => setAsking(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}
