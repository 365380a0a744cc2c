import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { ApiError, post } from '../api.ts'

interface Fields {
  readonly current?: string
  readonly password: string
}

const leastLength = 10

export function PasswordDialog({ hasPassword, close }: { hasPassword: boolean; close: () => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Fields>()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (fields: Fields) => post('/api/me/password', fields),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['me'] }),
  })
  const failure =
    change.error instanceof ApiError && change.error.status !== 0 ? t('account.passwordRefused') : t('error.lost')
  return (
    <Modal
      open
      title={t('account.password')}
      onCancel={close}
      onOk={() => (change.isSuccess ? close() : form.submit())}
      confirmLoading={change.isPending}
      okText={change.isSuccess ? t('account.close') : t('account.save')}
    >
      {change.isSuccess ? (
        <Alert type="success" showIcon title={t('account.passwordSet')} />
      ) : (
        <Form form={form} layout="vertical" onFinish={fields => change.mutate(fields)}>
          {hasPassword ? (
            <Form.Item name="current" label={t('account.current')} rules={[{ required: true }]}>
              <Input.Password autoComplete="current-password" />
            </Form.Item>
          ) : null}
          <Form.Item name="password" label={t('account.new')} rules={[{ required: true, min: leastLength }]}>
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        </Form>
      )}
      {change.isError ? <Alert type="error" showIcon title={failure} /> : null}
    </Modal>
  )
}
