import { useMemo } from 'react'
import { usePreferences } from '../preferences.tsx'

/** Numbers and times in the reader’s language. Times are milliseconds; `utc` shows them without the reader’s zone. */
export function useFormat(utc = false) {
  const { language } = usePreferences()
  return useMemo(() => formats(language, utc ? 'UTC' : undefined), [language, utc])
}

export type Format = ReturnType<typeof formats>

function formats(language: string, timeZone: string | undefined) {
  const zone = timeZone === undefined ? {} : { timeZone }
  const whole = new Intl.NumberFormat(language)
  const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 2 })
  const money = new Intl.NumberFormat(language, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 })
  const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone })
  const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', ...zone })
  const minute = new Intl.DateTimeFormat(language, {
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...zone,
  })
  const full = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
    ...zone,
  })
  return {
    count: (value: number) => whole.format(value),
    percent: (value: number) => share.format(value),
    decimal: (value: number) => fine.format(value),
    cost: (value: number) => money.format(value),
    hour: (at: number) => hour.format(at),
    day: (at: number) => day.format(at),
    minute: (at: number) => minute.format(at),
    full: (at: number) => full.format(at),
    duration: (ms: number) =>
      // Whole milliseconds are all that some clocks give.
      ms === 0
        ? '< 1 ms'
        : ms < 0.01
          ? '< 0.01 ms'
          : ms < 1_000
            ? `${fine.format(ms)} ms`
            : ms < 60_000
              ? `${fine.format(ms / 1_000)} s`
              : `${fine.format(ms / 60_000)} min`,
  }
}
