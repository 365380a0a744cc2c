import { useEffect, useState } from 'react'
import { bucketsFor, spanOf, type BucketName, type OverviewSearch } from './search.ts'

/** The time that a page shows. `live` spans end now and move on. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly live: boolean
  readonly bucket: BucketName
  readonly zone: 'utc' | 'local'
}

const stepMs = 5_000

/** Moves a live span on every few seconds, so that all panels of a page ask for the same one. */
export function useSpan(search: OverviewSearch): Span {
  const [now, setNow] = useState(() => Date.now())
  const { from, to, live } = spanOf(search, now)
  useEffect(() => {
    if (!live) return
    const timer = setInterval(() => setNow(Date.now()), stepMs)
    return () => clearInterval(timer)
  }, [live])
  // A step that is too fine for the range, as an old address may ask for, is left to the server.
  const bucket = bucketsFor(to - from).find(name => name === search.bucket) ?? 'auto'
  return { from, to, live, bucket, zone: search.zone ?? 'local' }
}

/** IANA name of the zone in which days begin. */
export function zoneName(zone: Span['zone']): string {
  return zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone
}
