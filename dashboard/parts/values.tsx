import { theme } from 'antd'

/** Any value as indented JSON, folded until asked for. */
export function Values({ title, value, open = false }: { title: string; value: unknown; open?: boolean }) {
  const { token } = theme.useToken()
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  if (value === null || value === undefined || text === '{}') return null
  return (
    <details open={open}>
      <summary>{title}</summary>
      <pre
        className="values"
        tabIndex={0}
        style={{ background: token.colorFillQuaternary, borderRadius: 6, padding: 8 }}
      >
        {text}
      </pre>
    </details>
  )
}
