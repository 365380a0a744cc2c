import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Dropdown, type MenuProps } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, post } from '../api.ts'
import type { Me } from '../../schemas/api/access.ts'
import { usePreferences, type Scheme } from '../preferences.tsx'

const PasswordDialog = lazy(() => import('./password-dialog.tsx').then(module => ({ default: module.PasswordDialog })))

/** Language, colours and the account. */
export function ReaderMenu({ signedOut }: { signedOut: boolean }) {
  const { t } = useTranslation()
  const { language, scheme, setLanguage, setScheme } = usePreferences()
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const me = useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => get<Me>('/api/me', signal),
    enabled: !signedOut,
    staleTime: 60_000,
  })

  const schemes = (['light', 'dark', 'system'] as const).map(name => ({
    key: `scheme:${name}`,
    label: t(`scheme.${name}`),
  }))
  const account: MenuProps['items'] = signedOut
    ? []
    : [
        { type: 'divider' },
        { key: 'who', label: me.data?.email ?? '…', disabled: true },
        { key: 'password', label: t('account.password') },
        { key: 'sign-out', label: t('account.signOut') },
      ]
  const items: MenuProps['items'] = [
    { key: 'schemes', type: 'group', label: t('scheme.title'), children: schemes },
    ...account,
  ]

  const act = async (key: string): Promise<void> => {
    if (key.startsWith('scheme:')) return setScheme(key.slice(7) as Scheme)
    if (key === 'password') return setAsking(true)
    await post('/api/sign-out', {})
    await navigate({ to: '/sign-in' })
  }

  return (
    <span className="reader">
      <Button
        size="small"
        onClick={() => setLanguage(language === 'en' ? 'zh-CN' : 'en')}
        lang={language === 'en' ? 'zh-CN' : 'en'}
        data-testid="language"
      >
        {language === 'en' ? '中文' : 'English'}
      </Button>
      <Dropdown
        menu={{ items, selectedKeys: [`scheme:${scheme}`], onClick: ({ key }) => void act(key) }}
        trigger={['click']}
      >
        <Button size="small" aria-label={t('account.menu')} data-testid="menu">
          ☰
        </Button>
      </Dropdown>
      {asking ? (
        <Suspense>
          <PasswordDialog hasPassword={me.data?.hasPassword ?? false} close={() => setAsking(false)} />
        </Suspense>
      ) : null}
    </span>
  )
}
