import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { ApiError, post } from '../api.ts'
import { Card } from '../parts/card.tsx'

interface Fields {
  readonly email: string
  readonly password: string
}

/** For those who come without a link. The link of the terminal needs no form at all. */
export function SignIn() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { link } = useSearch({ strict: false }) as { link?: string }
  const signIn = useMutation({
    mutationFn: (fields: Fields) => post('/api/sign-in', fields),
    onSuccess: () => {
      // The refusals from before are no longer true.
      queries.clear()
      return navigate({ to: '/' })
    },
  })
  return (
    <Card className="sign-in" title={<h1>{t('signIn.title')}</h1>}>
      {link === 'used' ? <Alert type="warning" showIcon title={t('signIn.used')} style={{ marginBottom: 16 }} /> : null}
      <p>{t('signIn.how')}</p>
      <pre className="values" tabIndex={0} aria-label={t('signIn.how')} role="region">
        npx riskloom login-link
      </pre>
      <p>{t('signIn.or')}</p>
      <Form layout="vertical" onFinish={(fields: Fields) => signIn.mutate(fields)} requiredMark={false}>
        <Form.Item name="email" label={t('signIn.email')} rules={[{ required: true }]}>
          <Input autoComplete="username" />
        </Form.Item>
        <Form.Item name="password" label={t('signIn.password')} rules={[{ required: true }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {signIn.isError ? (
          <Alert type="error" showIcon title={t(reasonOf(signIn.error))} style={{ marginBottom: 16 }} />
        ) : null}
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
      </Form>
    </Card>
  )
}

function reasonOf(error: Error): 'signIn.wrong' | 'signIn.tooOften' | 'error.lost' {
  if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) return 'error.lost'
  return error.status === 429 ? 'signIn.tooOften' : 'signIn.wrong'
}
