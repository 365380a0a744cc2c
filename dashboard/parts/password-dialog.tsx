import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { post } from '../api.ts'

interface Fields {
  readonly current?: string
  readonly password: string
}

export function PasswordDialog({ hasPassword, close }: { hasPassword: boolean; close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (fields: Fields) => post('/api/me/password', fields),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['me'] })
      void message.success(t('account.passwordSet'))
      close()
    },
  })
  return (
    <Modal
      open
      title={t('account.password')}
      onCancel={close}
      onOk={() => form.submit()}
      confirmLoading={change.isPending}
      okText={t('account.save')}
    >
      <Form form={form} layout="vertical" onFinish={fields => change.mutate(fields)}>
        {hasPassword ? (
          <Form.Item name="current" label={t('account.current')} rules={[{ required: true }]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
        ) : null}
        <Form.Item name="password" label={t('account.new')} rules={[{ required: true, min: 10 }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
      {change.isError ? <Alert type="error" showIcon title={change.error.message} /> : null}
    </Modal>
  )
}
