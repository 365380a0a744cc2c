import { useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'

/** The zone that the address names; links hand it on, so that a reader who chose UTC keeps it. */
export function useZone(): { readonly zone?: 'utc' | 'local' } {
  const { zone } = useSearch({ strict: false })
  return useMemo(() => (zone === undefined ? {} : { zone }), [zone])
}
