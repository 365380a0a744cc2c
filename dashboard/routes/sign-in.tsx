import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Card, Form, Input, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import { post } from '../api.ts'

interface Fields {
  readonly email: string
  readonly password: string
}

/** For those who come without a link. The link of the terminal needs no form at all. */
export function SignIn() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { link } = useSearch({ strict: false }) as { link?: string }
  const signIn = useMutation({
    mutationFn: (fields: Fields) => post('/api/sign-in', fields),
    onSuccess: () => navigate({ to: '/' }),
  })
  return (
    <Card className="sign-in" title={<h1>{t('signIn.title')}</h1>}>
      {link === 'used' ? <Alert type="warning" showIcon title={t('signIn.used')} style={{ marginBottom: 16 }} /> : null}
      <Typography.Paragraph>{t('signIn.how')}</Typography.Paragraph>
      <Typography.Paragraph code copyable>
        npx riskloom login-link
      </Typography.Paragraph>
      <Form layout="vertical" onFinish={(fields: Fields) => signIn.mutate(fields)} requiredMark={false}>
        <Form.Item name="email" label={t('signIn.email')} rules={[{ required: true }]}>
          <Input autoComplete="username" />
        </Form.Item>
        <Form.Item name="password" label={t('signIn.password')} rules={[{ required: true }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {signIn.isError ? <Alert type="error" showIcon title={t('signIn.wrong')} style={{ marginBottom: 16 }} /> : null}
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
      </Form>
    </Card>
  )
}
