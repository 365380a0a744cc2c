import type { PropsWithChildren } from 'react'
import { usePreferences } from '../preferences.tsx'

export type Tone = 'neutral' | 'good' | 'info' | 'warning' | 'bad'

/** Text and ground of each tone; every pair has a contrast of at least 4.5 : 1. */
const tones: Readonly<Record<'light' | 'dark', Readonly<Record<Tone, readonly [text: string, ground: string]>>>> = {
  light: {
    neutral: ['#434343', '#f0f0f0'],
    good: ['#135200', '#eafbe0'],
    info: ['#003eb3', '#e6f4ff'],
    warning: ['#873800', '#fff3e0'],
    bad: ['#820014', '#fff1f0'],
  },
  dark: {
    neutral: ['#d9d9d9', '#303030'],
    good: ['#b7eb8f', '#162312'],
    info: ['#91caff', '#111a2c'],
    warning: ['#ffc069', '#2b1d11'],
    bad: ['#ffa39e', '#2a1215'],
  },
}

/** A word on a coloured ground. */
export function Chip({ tone = 'neutral', children }: PropsWithChildren<{ tone?: Tone }>) {
  const { dark } = usePreferences()
  const [color, background] = tones[dark ? 'dark' : 'light'][tone]
  return (
    <span className="chip" style={{ color, background }}>
      {children}
    </span>
  )
}
