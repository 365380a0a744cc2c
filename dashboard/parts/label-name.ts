import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

/** These names come from the data: those of the demonstration and of our own nodes are translated, others stand as they are. */
export function useName(kind: 'label' | 'surface' | 'action' | 'nodeType'): (name: string) => string {
  const { t, i18n } = useTranslation()
  return useCallback(
    name => {
      if (name === '') return t(`none.${kind}`)
      const key = `${kind}.${name}`
      return i18n.exists(key) ? t(key) : name
    },
    [kind, t, i18n],
  )
}
