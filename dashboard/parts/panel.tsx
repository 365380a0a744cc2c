import type { UseQueryResult } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api.ts'
import { Card } from './card.tsx'
import { Waiting } from './waiting.tsx'

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
    <Card title={<h2>{title}</h2>} extra={extra}>
      <QueryContent query={query}>{children}</QueryContent>
    </Card>
  )
}

export function QueryContent<Answer>({
  query,
  waiting = <Waiting />,
  children,
}: {
  query: UseQueryResult<Answer>
  waiting?: ReactNode
  children: (answer: Answer) => ReactNode
}) {
  // A failed refresh keeps what was shown; the frame says that the connection is lost.
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.isError) return <Failure error={query.error} again={() => void query.refetch()} />
  return <>{waiting}</>
}

/** What went wrong in the reader’s language; the server’s own words, which name the field, stand below. */
function Failure({ error, again }: { error: Error; again: () => void }) {
  const { t } = useTranslation()
  const lost = !(error instanceof ApiError) || error.status === 0
  return (
    <Alert
      type="error"
      showIcon
      title={lost ? t('error.lost') : t('error.title')}
      description={lost ? undefined : <span lang="en">{error.message}</span>}
      action={
        <Button size="small" onClick={again}>
          {t('error.again')}
        </Button>
      }
    />
  )
}
