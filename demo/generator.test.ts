import { describe, expect, it } from 'vitest'
import { Event } from '../schemas/event.ts'
import { Report } from '../schemas/report.ts'
import type { Burst } from './bursts.ts'
import { historyStream } from './history.ts'
import { demoHistory } from './index.ts'
import { demoLabels, evasionKinds } from './labels.ts'

const options = {
  seed: 7,
  to: Date.parse('2026-11-24T10:30:00Z'),
  days: 7,
  count: 60_000,
  utcOffsetMinutes: 480,
} as const
const day = 86_400_000
const stream = historyStream(options)
const events = Array.from(demoHistory(options))
const truths = events.map((_, index) => stream.truthAt(index))
const times = events.map(event => Date.parse(event.time ?? ''))

function countIn(from: number, to: number, holds: (index: number) => boolean): number {
  return times.filter((time, index) => time >= from && time < to && holds(index)).length
}

describe('the history', () => {
  it('has exactly the events asked for, in order of time, before its end', () => {
    expect(events).toHaveLength(60_000)
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => `demo-${index}`))
    expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))).toBe(true)
    expect(times[0]).toBeGreaterThanOrEqual(options.to - 7 * day)
    expect(times.at(-1)).toBeLessThan(options.to)
  })

  it('is made of events and reports as the contracts say', () => {
    for (const event of events.filter((_, index) => index % 97 === 0)) {
      expect(Event.parse(event)).toEqual(event)
      expect(Report.parse(event.data)).toEqual(event.data)
    }
  })

  it('is the same each time and from any place on', () => {
    expect(historyStream(options).eventAt(31_415)).toEqual(events[31_415])
    expect(Array.from(demoHistory({ ...options, skip: 59_990 }))).toEqual(events.slice(59_990))
    expect(historyStream({ ...options, seed: 8 }).eventAt(31_415)).not.toEqual(events[31_415])
  })

  it('keeps the truth out of the events', () => {
    const names = /none|spam|luring|burst|brigade|zero-width|homophone|plain|label|evasion|hard/
    for (const event of events) {
      expect(Object.keys(event).sort()).toEqual(['data', 'id', 'source', 'specversion', 'subject', 'time', 'type'])
      const { subject, data } = event
      expect(
        [subject, ...Object.keys(data), data['contentId'], data['authorId'], data['reporterId']].join(' '),
      ).not.toMatch(names)
    }
  })

  it('has every label, surface and evasion, and reasons that are often wrong', () => {
    const many = (values: readonly unknown[]) => new Set(values)
    expect(many(truths.map(({ label }) => label)).size).toBe(demoLabels.length)
    expect(many(events.map(({ data }) => data['surface'])).size).toBe(5)
    expect(many(truths.map(({ evasion }) => evasion)).size).toBe(evasionKinds.length + 1)
    expect(many(events.map(({ data }) => data['reason'])).size).toBeGreaterThan(40)
    expect(truths.filter(({ hard }) => hard).length).toBeGreaterThan(2_000)
  })

  it('is quiet at night and busy in the evening', () => {
    const hours = times.map(time => new Date(time + 8 * 3_600_000).getUTCHours())
    const at = (hour: number) => hours.filter(found => found === hour).length
    expect(at(21) / at(4)).toBeGreaterThan(8)
  })

  it('has subjects that many people report, with the same text', () => {
    const bySubject = new Map<string, number[]>()
    events.forEach(({ subject = '' }, index) => bySubject.set(subject, [...(bySubject.get(subject) ?? []), index]))
    const popular = [...bySubject.values()].filter(indices => indices.length >= 5)
    expect(popular.length).toBeGreaterThan(300)
    for (const indices of popular.slice(0, 200)) {
      expect(new Set(indices.map(index => events[index]?.data['text'])).size).toBe(1)
      expect(new Set(indices.map(index => events[index]?.data['reporterId'])).size).toBeGreaterThan(1)
    }
  })
})

describe('the planted bursts', () => {
  const burst = (id: string): Burst => {
    const found = stream.bursts.find(candidate => candidate.id === id)
    if (found === undefined) throw new Error(`no burst ${id}`)
    return found
  }

  it('begin at 20:10 of the local clock, the main one on the last whole evening', () => {
    expect(stream.bursts).toHaveLength(4)
    // The history ends at 18:30 local time of the 24th.
    expect(new Date(burst('luring-comments').from + 8 * 3_600_000).toISOString()).toBe('2026-11-23T20:10:00.000Z')
    const later = historyStream({ ...options, to: Date.parse('2026-11-24T15:30:00Z') })
    expect(new Date((later.bursts[0]?.from ?? 0) + 8 * 3_600_000).toISOString()).toBe('2026-11-24T20:10:00.000Z')
  })

  it('lift off-platform luring to about 3.4 times, mostly in comments', () => {
    const { from, to } = burst('luring-comments')
    const luring = (index: number) => truths[index]?.label === 'off-platform-luring'
    const usual = [1, 2, 3, 4, 5].map(days => countIn(from - days * day, to - days * day, luring))
    const lift = countIn(from, to, luring) / (usual.reduce((sum, count) => sum + count, 0) / usual.length)
    expect(lift).toBeGreaterThan(2.6)
    expect(lift).toBeLessThan(4.2)
    const planted = truths.flatMap(({ burst: id }, index) =>
      id === 'luring-comments' ? [events[index]?.data['surface']] : [],
    )
    expect(planted.filter(surface => surface === 'comment').length / planted.length).toBeGreaterThan(0.7)
  })

  it('are known to the truth only where they are', () => {
    truths.forEach(({ burst: id, label }, index) => {
      if (id === null) return
      expect(label).toBe(burst(id).label)
      // Buckets of five minutes: an event may lie a little outside.
      expect(times[index]).toBeGreaterThanOrEqual(burst(id).from - 300_000)
      expect(times[index]).toBeLessThan(burst(id).to + 300_000)
    })
  })

  it('bring near-duplicates of a few texts', () => {
    const texts = truths.flatMap(({ burst: id, plain }) => (id === 'luring-comments' ? [plain] : []))
    const begins = texts.map(text => text.slice(0, 8))
    const most = Math.max(...[...new Set(begins)].map(begin => begins.filter(other => other === begin).length))
    expect(most).toBeGreaterThan(10)
    expect(new Set(texts).size).toBeGreaterThan(20)
  })
})
