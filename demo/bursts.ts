import type { DemoLabel, DemoSurface } from './labels.ts'

/** A planted rise of one label. Times are milliseconds since the epoch. */
export interface Burst {
  readonly id: string
  readonly label: DemoLabel
  /** Where most of it happens, and the share of it that does. */
  readonly surface: DemoSurface
  readonly surfaceShare: number
  readonly from: number
  readonly to: number
  /** Reports of the label during the burst, as a multiple of what the hour would have had. */
  readonly lift: number
  /** Pieces of content that carry it: few for a brigade against one person, many for a campaign. */
  readonly subjects: number
}

const minute = 60_000
const day = 1_440 * minute

interface Plan extends Omit<Burst, 'from' | 'to'> {
  /** Days before the day of the main burst. */
  readonly daysBefore: number
  /** Local time of day, minutes. */
  readonly at: number
  readonly minutes: number
}

const plans: readonly Plan[] = [
  {
    id: 'luring-comments',
    label: 'off-platform-luring',
    surface: 'comment',
    surfaceShare: 0.8,
    daysBefore: 0,
    at: 20 * 60 + 10,
    minutes: 80,
    lift: 3.4,
    subjects: 60,
  },
  {
    id: 'spam-live',
    label: 'spam-ads',
    surface: 'live',
    surfaceShare: 0.85,
    daysBefore: 1,
    at: 12 * 60 + 30,
    minutes: 60,
    lift: 2.4,
    subjects: 25,
  },
  {
    id: 'brigade-comments',
    label: 'harassment',
    surface: 'comment',
    surfaceShare: 0.9,
    daysBefore: 3,
    at: 22 * 60,
    minutes: 50,
    lift: 2.6,
    subjects: 3,
  },
  {
    id: 'sexual-profiles',
    label: 'sexual',
    surface: 'profile',
    surfaceShare: 0.8,
    daysBefore: 5,
    at: 23 * 60 + 15,
    minutes: 45,
    lift: 2.8,
    subjects: 20,
  },
]

/**
 * The bursts of a history that ends at `to`. The main one begins at 20:10 of the local clock, on the last evening on which
 * it was over before the end. Those that begin before `from` are left out.
 */
export function plantBursts(range: { from: number; to: number; utcOffsetMinutes: number }): Burst[] {
  const [main] = plans
  if (main === undefined) return []
  const offset = range.utcOffsetMinutes * minute
  const today = Math.floor((range.to + offset) / day) * day - offset
  const lasts = (main.at + main.minutes) * minute
  const evening = today + lasts <= range.to ? today : today - day
  return plans
    .map(({ daysBefore, at, minutes, ...burst }) => {
      const from = evening - daysBefore * day + at * minute
      return { ...burst, from, to: from + minutes * minute }
    })
    .filter(burst => burst.from >= range.from)
}

/** Strength of a burst over its course: up within an eighth of it, then falling slowly; the mean is 1. */
export function burstShape(progress: number): number {
  const rise = 0.125
  const height = 1.45
  if (progress < 0 || progress >= 1) return 0
  if (progress < rise) return (height * progress) / rise
  return height * (1 - (0.65 * (progress - rise)) / (1 - rise))
}
