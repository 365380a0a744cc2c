import type { UseQueryResult } from '@tanstack/react-query'
import { Alert, Button, Card, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** A titled part of a page that shows what a query brought, or why it brought nothing. */
export function Panel<Answer>({
  title,
  extra,
  query,
  children,
}: {
  title: string
  extra?: ReactNode
  query: UseQueryResult<Answer>
  children: (answer: Answer) => ReactNode
}) {
  return (
    <Card size="small" title={<h2>{title}</h2>} extra={extra}>
      <QueryContent query={query}>{children}</QueryContent>
    </Card>
  )
}

export function QueryContent<Answer>({
  query,
  children,
}: {
  query: UseQueryResult<Answer>
  children: (answer: Answer) => ReactNode
}) {
  const { t } = useTranslation()
  // A failed refresh keeps what was shown; the frame says that the connection is lost.
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.isError) {
    const again = (
      <Button size="small" onClick={() => void query.refetch()}>
        {t('error.again')}
      </Button>
    )
    return <Alert type="error" showIcon title={t('error.title')} description={query.error.message} action={again} />
  }
  return <Skeleton active paragraph={{ rows: 3 }} />
}
