import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

/** Labels, surfaces and actions come from the data: those of the demonstration are translated, others stand as they are. */
export function useName(kind: 'label' | 'surface' | 'action'): (name: string) => string {
  const { t, i18n } = useTranslation()
  return useCallback(
    name => {
      const key = `${kind}.${name === '' ? 'empty' : name}`
      return i18n.exists(key) ? t(key) : name
    },
    [kind, t, i18n],
  )
}
