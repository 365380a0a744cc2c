import type { PropsWithChildren, ReactNode } from 'react'

/** A titled part of a page. */
export function Card({
  title,
  extra,
  className = '',
  children,
}: PropsWithChildren<{ title: ReactNode; extra?: ReactNode; className?: string }>) {
  return (
    <section className={`card ${className}`}>
      <div className="card-head">
        {title}
        {extra === undefined || extra === null ? null : <div className="card-extra">{extra}</div>}
      </div>
      <div className="card-body">{children}</div>
    </section>
  )
}
