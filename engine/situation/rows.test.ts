import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleDecision } from '../../test/support/decisions.ts'
import { decisionId, parseDecisionId } from './decision-id.ts'
import { windowsBack } from './decisions.ts'
import { clampEventTime } from './event-time.ts'
import { decisionRow, encodeRows, retractionRow } from './rows.ts'
import { seriesOf } from './series.ts'

describe('encodeRows', () => {
  it('writes one JSON object a line, whatever the text holds', () => {
    const preview = 'line\nbreak "quotes" \u2028 中文 😀 \ud800'
    const bytes = encodeRows([decisionRow(sampleDecision({ preview })), decisionRow(sampleDecision({ offset: 1 }))])
    const lines = new TextDecoder().decode(bytes).split('\n')
    expect(lines).toHaveLength(2)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ workspace: 'main', app_id: 'report-triage', offset: 0, preview })
  })
  it('makes equal bytes of equal rows', () => {
    const rows = () => encodeRows([decisionRow(sampleDecision())])
    expect(rows()).toEqual(rows())
  })
})

describe('retractionRow', () => {
  it('is the row with the other sign', () => {
    const decision = sampleDecision({ offset: 3 })
    expect(retractionRow(decision)).toEqual({ ...decisionRow(decision), sign: -1 })
  })
})

describe('clampEventTime', () => {
  const receivedAt = Date.UTC(2026, 5, 1)
  it.each([
    ['2026-05-31T23:00:00Z', Date.UTC(2026, 4, 31, 23), false],
    ['2026-06-01T08:00:00+08:00', receivedAt, false],
    [undefined, receivedAt, false],
    ['2026-06-01T00:10:00Z', receivedAt + 300_000, true],
    ['1970-01-01T00:00:00Z', receivedAt - 400 * 86_400_000, true],
    ['not a time', receivedAt, true],
  ])('of %s', (time, eventTime, timeClamped) => {
    expect(clampEventTime(time, receivedAt)).toEqual({ eventTime, timeClamped })
  })
})

describe('decisionId', () => {
  it('comes back', () => {
    const decision = sampleDecision({ offset: 12, purpose: 'replay', jobId: '0195d2f0-0000-7000-8000-000000000001' })
    const identity = parseDecisionId(decisionId(decision))
    expect(identity).toMatchObject({ pipeline: 'reports', offset: 12, purpose: 'replay', jobId: decision.jobId })
    expect(decisionId({ ...decision, ...identity })).toBe(decisionId(decision))
  })
  it.each(['', '1.2.3', '1.a.b.1.0.5.nonsense.', "1.a'.b.1.0.5.live.", '1.a.b.1.0.-5.live.'])('refuses %s', text => {
    expect(parseDecisionId(text)).toBeUndefined()
  })
})

describe('windowsBack', () => {
  it('covers any range without holes, from its end', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(400 * 86_400_000), (from, length) => {
        const windows = [...windowsBack({ from, to: from + length })]
        let end = from + length
        for (const window of windows) {
          expect(window.to).toBe(end)
          expect(window.from).toBeLessThan(window.to)
          end = window.from
        }
        expect(end).toBe(from)
        expect(windows.length).toBeLessThan(8)
      }),
    )
  })
})

describe('seriesOf', () => {
  it('puts the largest first and sums the rest up', () => {
    const rows = Array.from({ length: 25 }, (_, index) => ({ start: 0, label: `label-${index}`, decisions: index + 1 }))
    const { series, rest } = seriesOf([...rows, { start: 10, label: 'label-0', decisions: 7 }], [0, 10])
    expect(series).toHaveLength(20)
    expect(series[0]).toEqual({ label: 'label-24', total: 25, counts: [25, 0] })
    expect(rest).toEqual({ labels: 5, total: 2 + 3 + 4 + 5 + 6, counts: [20, 0] })
  })
})
