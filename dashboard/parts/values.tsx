/** Any value as indented JSON, folded until asked for. */
export function Values({ title, value, open = false }: { title: string; value: unknown; open?: boolean }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  if (value === null || value === undefined || text === '{}') return null
  return (
    <details open={open}>
      <summary>{title}</summary>
      <pre className="values" tabIndex={0} aria-label={title} role="region">
        {text}
      </pre>
    </details>
  )
}
