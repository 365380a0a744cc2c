import { createContext, useContext, useEffect, useMemo, useState, type PropsWithChildren } from 'react'

export type Language = 'zh-CN' | 'en'
export type Scheme = 'light' | 'dark' | 'system'

interface Preferences {
  readonly language: Language
  readonly scheme: Scheme
  readonly dark: boolean
  /** The reader asks for less motion. */
  readonly still: boolean
  setLanguage(language: Language): void
  setScheme(scheme: Scheme): void
}

const Context = createContext<Preferences | undefined>(undefined)

/** Chinese where the browser asks for it, English otherwise, until the reader chooses. */
function firstLanguage(): Language {
  const chosen = localStorage.getItem('riskloom.language')
  if (chosen === 'zh-CN' || chosen === 'en') return chosen
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

function firstScheme(): Scheme {
  const chosen = localStorage.getItem('riskloom.scheme')
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

export function PreferencesProvider({ children }: PropsWithChildren) {
  const [language, setLanguage] = useState(firstLanguage)
  const [scheme, setScheme] = useState(firstScheme)
  const systemDark = useMedia('(prefers-color-scheme: dark)')
  const still = useMedia('(prefers-reduced-motion: reduce)')
  const dark = scheme === 'dark' || (scheme === 'system' && systemDark)

  useEffect(() => {
    document.documentElement.lang = language
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light'
  }, [language, dark])

  const value = useMemo<Preferences>(
    () => ({
      language,
      scheme,
      dark,
      still,
      setLanguage: next => {
        localStorage.setItem('riskloom.language', next)
        setLanguage(next)
      },
      setScheme: next => {
        localStorage.setItem('riskloom.scheme', next)
        setScheme(next)
      },
    }),
    [language, scheme, dark, still],
  )
  return <Context value={value}>{children}</Context>
}

export function usePreferences(): Preferences {
  const value = useContext(Context)
  if (value === undefined) throw new Error('usePreferences needs a PreferencesProvider above it')
  return value
}

function useMedia(condition: string): boolean {
  const query = useMemo(() => window.matchMedia(condition), [condition])
  const [matches, setMatches] = useState(query.matches)
  useEffect(() => {
    const follow = (): void => setMatches(query.matches)
    query.addEventListener('change', follow)
    return () => query.removeEventListener('change', follow)
  }, [query])
  return matches
}
