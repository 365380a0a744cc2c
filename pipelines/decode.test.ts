import { describe, expect, it } from 'vitest'
import type { StoredRecord } from '../engine/ports/stream.ts'
import { decode } from './decode.ts'

function record(value: string | Uint8Array, headers: Record<string, string> = {}): StoredRecord {
  return { partition: 0, offset: 0, timestamp: 0, key: null, value: Buffer.from(value), headers }
}

function json(event: object): string {
  return JSON.stringify({ specversion: '1.0', id: 'a', source: 's', type: 'report', data: { text: 'x' }, ...event })
}

function message(value: string | Uint8Array, headers: Record<string, string> = {}): string {
  const { dead } = decode(record(value, headers))
  return dead === undefined ? 'sound' : `${dead.code}: ${dead.message}`
}

describe('decode', () => {
  it('takes an event as it is', () => {
    const text = json({ time: '2026-01-01T00:00:00+08:00', subject: 'u', extension1: 5 })
    const { event, dead } = decode(record(text))
    expect(dead).toBeUndefined()
    expect(event).toEqual(JSON.parse(text))
  })

  it.each([
    [json({ id: 5 }), 'invalid-event: id: must be string, got 5'],
    [json({ id: '' }), 'invalid-event: id: must NOT have fewer than 1 characters, got ""'],
    [json({ time: 'yesterday' }), 'invalid-event: time: must be a date-time as in RFC 3339, got "yesterday"'],
    [
      json({ time: '2026-02-30T00:00:00Z' }),
      'invalid-event: time: must be a date-time as in RFC 3339, got "2026-02-30T00:00:00Z"',
    ],
    [json({ specversion: '0.3' }), 'invalid-event: specversion: must be "1.0", got "0.3"'],
    [json({ data: [] }), 'invalid-event: data: must be object, got a list'],
    [json({ data: { text: 5 } }), 'invalid-event: data.text: must be string, got 5'],
    [json({ data: {} }), 'invalid-event: data.text: is missing'],
    [json({ data: { text: 'x', txt: 'x' } }), 'invalid-event: data.txt: is not a known field'],
    [json({ data: { text: 'x', images: ['a', 7] } }), 'invalid-event: data.images.1: must be string, got 7'],
    [json({ type: 'appeal', data: { text: 'x' } }), 'invalid-event: data.authorId: is missing'],
    [json({ ext: { deep: 1 } }), 'invalid-event: ext: must be string,number,boolean, got an object'],
    ['[]', 'invalid-event: the event: must be object, got a list'],
  ])('names field and value of %s', (text, expected) => {
    expect(message(text)).toBe(expected)
  })

  it('keeps the attributes of an event whose data is wrong', () => {
    expect(decode(record(json({ data: {} }))).event?.id).toBe('a')
  })

  it('lets a type of the user’s own carry any object', () => {
    expect(message(json({ type: 'sensor', data: { anything: [1, { deep: true }] } }))).toBe('sound')
  })

  it('names the line of a file', () => {
    expect(message(json({ data: {} }), { line: '17' })).toBe('invalid-event: line 17: data.text: is missing')
    expect(message('a,b', { line: '3', error: 'expected 3 columns, found 2' })).toBe(
      'malformed-record: line 3: expected 3 columns, found 2',
    )
  })

  it.each([
    ['text', '{"id": ', /^malformed-record: no JSON: /],
    ['nothing', '', /^malformed-record: no JSON: /],
    ['bytes', new Uint8Array([0xff, 0x00, 0x7b]), /^malformed-record: the record is not UTF-8$/],
    ['too much', 'x'.repeat(1024 * 1024 + 1), /^malformed-record: the record has 1048577 bytes/],
    [
      'a tower',
      json({ data: { text: 'x', attributes: { a: JSON.parse('['.repeat(80) + ']'.repeat(80)) } } }),
      /nested deeper than 64 levels/,
    ],
    ['a skyscraper', `{"data":${'['.repeat(400_000)}${']'.repeat(400_000)}}`, /^(malformed-record|invalid-event): /],
  ])('takes %s for a malformed record', (_what, value, expected) => {
    expect(message(value)).toMatch(expected)
  })

  it('accepts a replacement character that the sender wrote', () => {
    expect(message(json({ data: { text: 'a \ufffd b' } }))).toBe('sound')
  })

  it('takes a prototype name for data', () => {
    const { event } = decode(record('{"id":"a","source":"s","type":"custom","data":{"__proto__":{"admin":true}}}'))
    expect(Object.keys(event?.data ?? {})).toEqual(['__proto__'])
    expect('admin' in (event?.data ?? {})).toBe(false)
  })
})
