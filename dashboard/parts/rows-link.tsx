import { Link } from '@tanstack/react-router'
import type { PropsWithChildren } from 'react'
import type { DecisionFilter } from '../../schemas/api/situation.ts'
import { readDecisionsSearch } from '../search.ts'
import { useZone } from '../zone.ts'

/** A number that leads to the rows behind it. */
export function RowsLink({ rows, label, children }: PropsWithChildren<{ rows: DecisionFilter; label?: string }>) {
  const zone = useZone()
  return (
    <Link
      to="/decisions"
      search={{ ...readDecisionsSearch(rows), ...zone }}
      {...(label === undefined ? {} : { title: label })}
      className="rows-link"
    >
      {children}
    </Link>
  )
}
