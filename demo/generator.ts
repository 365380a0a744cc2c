import type { Event } from '../schemas/event.ts'
import type { Report } from '../schemas/report.ts'
import type { Burst } from './bursts.ts'
import { plantBursts } from './bursts.ts'
import { Calendar, type CalendarOptions, type Moment } from './calendar.ts'
import { makeContent, vary, type Content } from './content.ts'
import { demoLabels, type DemoLabel, type DemoSurface, type EvasionKind } from './labels.ts'
import { Random, Weighted } from './random.ts'
import { reasons, reportNotes } from './report-words.ts'

/** What is true of an event, kept aside: nothing of it is inside the event. */
export interface DemoTruth {
  readonly label: DemoLabel
  /** How the author hid the text, and the text before that. */
  readonly evasion: EvasionKind | null
  readonly plain: string
  /** True for ordinary talk that uses the words of the others. */
  readonly hard: boolean
  readonly burst: string | null
}

export interface DemoStream {
  readonly count: number
  readonly bursts: readonly Burst[]
  /** The event of an index of the history: 0 to `count` − 1, in the order of time. */
  eventAt(index: number): Event
  /** Ground truth of the event `demo-<index>`, of the history or behind it. */
  truthAt(index: number): DemoTruth
}

/** A stream of reports: the same options give the same events, in any order of asking. */
export function demoStream(options: CalendarOptions): DemoStream {
  const bursts = plantBursts(options)
  const calendar = new Calendar(options, bursts)
  const { seed, count } = options
  const momentOf = (index: number): Moment => {
    if (index < 0 || index >= count) throw new RangeError(`event ${index} is outside the history of ${count} events`)
    return calendar.moment(index)
  }
  return {
    count,
    bursts,
    eventAt: index => eventOf(seed, index, momentOf(index)),
    truthAt: index => truthOf(seed, index, index < count ? momentOf(index).burst : undefined),
  }
}

/** The event of an index behind the history, at a time of the caller’s choice (milliseconds). */
export function liveEvent(seed: number, index: number, time: number): Event {
  return eventOf(seed, index, { time, burst: undefined })
}

/** The CloudEvents `source` of every event. */
const demoSource = 'demo-reports'

/** Keep the numbers drawn for different things apart. */
const place = { content: 0x11, report: 0x12, choice: 0x13, id: 0x14, author: 0x15 } as const

/** Reports of one piece of content lie within so many events of each other. */
const window = 500
/** Pieces of content in such a window that several people report. */
const sharedPieces = 60
const sharedShare = 0.38

/** What is reported: a number that is the same for all reports of one piece of content. */
interface Subject {
  readonly key: readonly number[]
  readonly surface: DemoSurface
  readonly content: Content
}

function subjectOf(seed: number, index: number, burst: Burst | undefined): Subject {
  const random = new Random(seed, place.choice, index)
  if (burst !== undefined) return burstSubject(seed, random, burst)
  // The power makes the first of a window’s pieces the most reported.
  const shared = random.chance(sharedShare)
  const key = shared ? [1, Math.floor(index / window), Math.floor(random.next() ** 1.6 * sharedPieces)] : [0, index]
  const own = new Random(seed, place.content, ...key)
  const content = makeContent(own, { vocabulary: 'all' })
  return { key, surface: surfaces[content.label].draw(own), content }
}

/** One campaign: a few texts with another account and another ending each time, and some that only share its purpose. */
function burstSubject(seed: number, random: Random, burst: Burst): Subject {
  const number = random.below(burst.subjects)
  const key = [2, burst.from / 60_000, number]
  const own = new Random(seed, place.content, ...key)
  const template = new Random(seed, place.content, 3, burst.from / 60_000, number % 4)
  const surface = own.chance(burst.surfaceShare) ? burst.surface : surfaces[burst.label].draw(own)
  const wish = { vocabulary: 'all', label: burst.label, language: 'zh-CN' } as const
  const content = own.chance(0.6) ? vary(own, makeContent(template, wish)) : makeContent(own, wish)
  return { key, surface, content }
}

const surfaces: Readonly<Record<DemoLabel, Weighted<DemoSurface>>> = {
  none: surfaceShares(42, 28, 8, 10, 12),
  'spam-ads': surfaceShares(34, 30, 14, 14, 8),
  'off-platform-luring': surfaceShares(30, 16, 12, 8, 34),
  harassment: surfaceShares(56, 14, 4, 14, 12),
  sexual: surfaceShares(22, 16, 26, 20, 16),
  violence: surfaceShares(46, 16, 2, 14, 22),
  'self-harm': surfaceShares(24, 46, 10, 4, 16),
}

function surfaceShares(
  comment: number,
  post: number,
  profile: number,
  live: number,
  message: number,
): Weighted<DemoSurface> {
  return new Weighted<DemoSurface>([
    ['comment', comment],
    ['post', post],
    ['profile', profile],
    ['live', live],
    ['message', message],
  ])
}

function eventOf(seed: number, index: number, moment: Moment): Event {
  const subject = subjectOf(seed, index, moment.burst)
  const data = reportOf(new Random(seed, place.report, index), subject)
  const event = {
    specversion: '1.0',
    id: `demo-${index}`,
    source: demoSource,
    type: 'report',
    time: new Date(moment.time).toISOString(),
    subject: `${subject.surface}/${data.contentId}`,
    data,
  }
  // The type of an open object has an index signature that no literal satisfies; a test parses these events.
  return event as unknown as Event
}

function reportOf(random: Random, { surface, content, key }: Subject): Report & { contentId: string } {
  const { language, label } = content
  // Every fifth reporter files the report under something else.
  const filed = random.chance(0.2) ? random.pick(demoLabels) : label
  const report = {
    text: content.text,
    surface,
    reason: random.pick(reasons[language][filed]),
    language,
    contentId: contentIdOf(key),
    authorId: `author-${authorOf(key)}`,
    reporterId: `reporter-${Math.floor(random.next() ** 2 * 24_000)}`,
  }
  return random.chance(0.15) ? { ...report, note: random.pick(reportNotes[language]) } : report
}

/** Opaque, so that nothing can be learned from an id. */
function contentIdOf(key: readonly number[]): string {
  const random = new Random(place.id, ...key)
  return `c${random
    .below(2 ** 31)
    .toString(36)
    .padStart(6, '0')}${random.below(1_296).toString(36).padStart(2, '0')}`
}

/** Some thousands of authors; one of a campaign writes several of its texts. */
function authorOf([kind = 0, first = 0, second = 0]: readonly number[]): number {
  return new Random(place.author, kind, first, kind === 2 ? second % 7 : second).below(40_000)
}

function truthOf(seed: number, index: number, burst: Burst | undefined): DemoTruth {
  const { content } = subjectOf(seed, index, burst)
  const { label, evasion, plain, plainness } = content
  return { label, evasion, plain, hard: plainness === 'hard', burst: burst?.id ?? null }
}
