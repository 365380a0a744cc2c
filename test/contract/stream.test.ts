import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { streamAdapters } from '../../connectors/stream/index.ts'
import type { NewRecord, StoredRecord, Stream } from '../../engine/ports/stream.ts'
import { heldClock, type HeldClock } from '../support/held-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const record = (text: string, more: Partial<NewRecord> = {}): NewRecord => ({ key: null, value: bytes(text), ...more })
const texts = (records: readonly StoredRecord[]): string[] =>
  records.map(({ value }) => new TextDecoder().decode(value))
const all = { records: 100_000 }

describe.each(streamAdapters)('stream: $name', adapter => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let clock: HeldClock
  let stream: Stream

  const open = (): Promise<Stream> => adapter.open({ folder: folder.path, clock, segmentBytes: 20_000 })
  const reopen = async (): Promise<void> => {
    await stream.close()
    stream = await open()
  }

  beforeEach(async () => {
    folder = await temporaryFolder()
    clock = heldClock()
    stream = await open()
    await stream.ensureTopic('w1/t', { partitions: 2 })
  })
  afterEach(async () => {
    await stream.close()
    await folder.remove()
  })

  it('says what it is and works', async () => {
    expect(stream.shared).toBe(adapter.shared)
    await Promise.all([stream.check(), stream.check(), stream.check()])
    await stream.check()
  })

  describe('topics', () => {
    it('describes an empty topic, and undefined for none', async () => {
      expect(await stream.describe('w1/t')).toEqual({
        partitions: 2,
        ends: [
          { earliest: 0, next: 0 },
          { earliest: 0, next: 0 },
        ],
      })
      expect(await stream.describe('w1/none')).toBeUndefined()
    })

    it('refuses work on a missing topic with stream-not-found', async () => {
      const refused = { code: 'stream-not-found' }
      await expect(stream.append('w1/none', [record('x')])).rejects.toMatchObject(refused)
      await expect(stream.read('w1/none', 0, 0, all)).rejects.toMatchObject(refused)
      await expect(stream.wait('w1/none', [0], 1)).rejects.toMatchObject(refused)
      await expect(stream.offsetAt('w1/none', 0, 0)).rejects.toMatchObject(refused)
      await expect(stream.groups.commit('w1/none', 'g', [{ partition: 0, offset: 0 }])).rejects.toMatchObject(refused)
      await expect(stream.groups.committed('w1/none', 'g')).rejects.toMatchObject(refused)
      await expect(stream.groups.lag('w1/none', 'g')).rejects.toMatchObject(refused)
    })

    it('lets partitions grow, never shrink, and keeps what is there', async () => {
      await stream.append('w1/t', [record('a', { partition: 1 })])
      await stream.ensureTopic('w1/t', { partitions: 4 })
      await stream.ensureTopic('w1/t', { partitions: 1 })
      await stream.append('w1/t', [record('b', { partition: 3 })])
      await reopen()
      expect((await stream.describe('w1/t'))?.ends.map(({ next }) => next)).toEqual([0, 1, 0, 1])
      expect(texts(await stream.read('w1/t', 3, 0, all))).toEqual(['b'])
    })

    it('is made once by many that ask at once', async () => {
      await Promise.all(Array.from({ length: 10 }, () => stream.ensureTopic('w1/new', { partitions: 3 })))
      await stream.append('w1/new', [record('x', { partition: 2 })])
      await Promise.all(Array.from({ length: 10 }, () => stream.ensureTopic('w1/new', { partitions: 3 })))
      expect(texts(await stream.read('w1/new', 2, 0, all))).toEqual(['x'])
    })

    it('takes names of any script and case without mixing them up', async () => {
      const names = [
        'w1/举报',
        'w1/Reports',
        'w1/reports',
        'w1/../x',
        'w1/%2e',
        `w1/${'长'.repeat(100)}`,
        '.hidden',
        'con',
      ]
      for (const name of names) {
        await stream.ensureTopic(name, { partitions: 1 })
        await stream.append(name, [record(name)])
      }
      await reopen()
      for (const name of names) expect(texts(await stream.read(name, 0, 0, all))).toEqual([name])
    })

    it('forgets records and commits of a deleted topic, and starts anew under its name', async () => {
      await stream.append('w1/t', [record('old', { partition: 0 })])
      await stream.groups.commit('w1/t', 'g', [{ partition: 0, offset: 1 }])
      await stream.deleteTopic('w1/t')
      await stream.deleteTopic('w1/t')
      expect(await stream.describe('w1/t')).toBeUndefined()
      await expect(stream.append('w1/t', [record('x')])).rejects.toMatchObject({ code: 'stream-not-found' })
      await stream.ensureTopic('w1/t', { partitions: 1 })
      expect(await stream.read('w1/t', 0, 0, all)).toEqual([])
      expect(await stream.groups.committed('w1/t', 'g')).toEqual([undefined])
    })

    it('refuses a topic without partitions or name', async () => {
      await expect(stream.ensureTopic('w1/x', { partitions: 0 })).rejects.toMatchObject({ code: 'invalid-request' })
      await expect(stream.ensureTopic('', { partitions: 1 })).rejects.toMatchObject({ code: 'invalid-request' })
    })
  })

  describe('append and read', () => {
    it('gives back key, value, headers, time and position, also after a restart', async () => {
      const headers = { type: 'report', 来源: '举报 "x"' }
      const written: NewRecord[] = [
        { key: 'user-1', value: bytes('one'), headers, partition: 1 },
        { key: null, value: new Uint8Array(0), partition: 1 },
        { key: '', value: Uint8Array.from({ length: 256 }, (_, index) => index), headers: {}, partition: 1 },
        { key: '用户', value: new Uint8Array(300_000).fill(7), partition: 1 },
      ]
      const positions = await stream.append('w1/t', written)
      expect(positions).toEqual(written.map((_, offset) => ({ partition: 1, offset })))
      for (const moment of ['now', 'after a restart']) {
        if (moment !== 'now') await reopen()
        const read = await stream.read('w1/t', 1, 0, all)
        expect(read).toHaveLength(written.length)
        for (const [offset, stored] of read.entries()) {
          const original = written[offset]
          expect(stored).toMatchObject({ partition: 1, offset, timestamp: clock.now(), key: original?.key })
          expect(stored.headers).toEqual(original?.headers ?? {})
          expect(Buffer.from(stored.value).equals(Buffer.from(original?.value ?? []))).toBe(true)
        }
      }
    })

    it('takes the value as it is at the call: the caller may reuse its memory', async () => {
      const value = bytes('before')
      const appended = stream.append('w1/t', [record('', { value, partition: 0 })])
      value.fill(0)
      await appended
      expect(texts(await stream.read('w1/t', 0, 0, all))).toEqual(['before'])
    })

    it('sends equal keys to one partition and spreads keys and keyless records over all', async () => {
      await stream.ensureTopic('w1/wide', { partitions: 8 })
      const byKey = await stream.append(
        'w1/wide',
        Array.from({ length: 400 }, (_, n) => record('', { key: `user-${n % 100}` })),
      )
      for (let n = 0; n < 100; n++) {
        expect(new Set([0, 100, 200, 300].map(more => byKey[n + more]?.partition)).size).toBe(1)
      }
      const counts = (positions: { partition: number }[]): number[] =>
        Array.from(
          { length: 8 },
          (_, partition) => positions.filter(position => position.partition === partition).length,
        )
      expect(Math.min(...counts(byKey))).toBeGreaterThan(10)
      const keyless = await stream.append(
        'w1/wide',
        Array.from({ length: 400 }, () => record('')),
      )
      expect(Math.min(...counts(keyless))).toBeGreaterThan(10)
      await stream.close()
      stream = await open()
      const [again] = await stream.append('w1/wide', [record('', { key: 'user-7' })])
      expect(again?.partition).toBe(byKey[7]?.partition)
    })

    it('refuses a partition that is not there; nothing of that append is stored', async () => {
      for (const partition of [2, -1, 0.5]) {
        const records = [record('a', { partition: 0 }), record('b', { partition })]
        await expect((async () => stream.append('w1/t', records))()).rejects.toMatchObject({ code: 'invalid-request' })
        await expect(stream.read('w1/t', partition, 0, all)).rejects.toMatchObject({ code: 'invalid-request' })
      }
      expect(await stream.read('w1/t', 0, 0, all)).toEqual([])
      expect(await stream.append('w1/t', [])).toEqual([])
    })

    it('bounds a read by records and by bytes, but gives at least one record', async () => {
      await stream.append(
        'w1/t',
        Array.from({ length: 50 }, (_, n) => record(`${n}`.padStart(1000, ' '), { partition: 0 })),
      )
      expect(await stream.read('w1/t', 0, 0, { records: 7 })).toHaveLength(7)
      const bounded = await stream.read('w1/t', 0, 3, { records: 100, bytes: 10_500 })
      expect(bounded.map(({ offset }) => offset)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
      expect(await stream.read('w1/t', 0, 9, { records: 100, bytes: 1 })).toHaveLength(1)
      expect(await stream.read('w1/t', 0, 50, all)).toEqual([])
      expect(await stream.read('w1/t', 0, 51, all)).toEqual([])
    })

    it('reads every record once, from any offset, over the borders of segments', async () => {
      const written: string[] = []
      for (let n = 0; n < 120; n++) {
        written.push(`${n}-${'x'.repeat((n * 37) % 1500)}`)
        await stream.append('w1/t', [record(written[n] ?? '', { partition: 0 }), record('other', { partition: 1 })])
      }
      for (const moment of ['now', 'after a restart']) {
        if (moment !== 'now') await reopen()
        for (const from of [0, 1, 59, 118, 119]) {
          expect(texts(await stream.read('w1/t', 0, from, all))).toEqual(written.slice(from))
        }
        for (const [offset, text] of written.entries()) {
          expect(texts(await stream.read('w1/t', 0, offset, { records: 1 }))).toEqual([text])
        }
      }
    })

    it('keeps the order per key of 20 that append at once', async () => {
      const writer = async (name: number): Promise<void> => {
        for (let n = 0; n < 40; n++) {
          const batch = Array.from({ length: 1 + (n % 3) }, (_, part) =>
            record(`${n}.${part}`, { key: `writer-${name}` }),
          )
          await stream.append('w1/t', batch)
        }
      }
      await Promise.all(Array.from({ length: 20 }, (_, name) => writer(name)))
      const stored = [...(await stream.read('w1/t', 0, 0, all)), ...(await stream.read('w1/t', 1, 0, all))]
      const expected = Array.from({ length: 40 }, (_, n) =>
        Array.from({ length: 1 + (n % 3) }, (_, part) => `${n}.${part}`),
      )
      for (let name = 0; name < 20; name++) {
        expect(texts(stored.filter(({ key }) => key === `writer-${name}`))).toEqual(expected.flat())
      }
    })

    it('keeps the order of appends that nobody waits for, also across the opening', async () => {
      await reopen()
      const pending: Promise<unknown>[] = []
      for (let n = 0; n < 300; n++) {
        pending.push(stream.append('w1/t', [record(String(n), { partition: 0 })]))
        if (n % 10 === 0) await Promise.resolve()
        if (n % 50 === 0) await new Promise(setImmediate)
      }
      await Promise.all(pending)
      expect(texts(await stream.read('w1/t', 0, 0, all))).toEqual(Array.from({ length: 300 }, (_, n) => String(n)))
    })

    it('never lets the time of receipt go back', async () => {
      await stream.append('w1/t', [record('a', { partition: 0 })])
      const high = clock.now()
      clock.advance(-60_000)
      await stream.append('w1/t', [record('b', { partition: 0 })])
      await reopen()
      await stream.append('w1/t', [record('c', { partition: 0 })])
      const times = (await stream.read('w1/t', 0, 0, all)).map(({ timestamp }) => timestamp)
      expect(times).toEqual([high, high, high])
    })
  })

  describe('wait', () => {
    it('resolves at once when a record is there, and at the next append otherwise', async () => {
      await stream.append('w1/t', [record('a', { partition: 1 })])
      await stream.wait('w1/t', [0, 0], 60_000)
      let woken = false
      const waiting = stream.wait('w1/t', [0, 1], 60_000).then(() => (woken = true))
      await new Promise(resolve => setTimeout(resolve, 20))
      expect(woken).toBe(false)
      await stream.append('w1/t', [record('b', { partition: 0 })])
      await waiting
      expect(woken).toBe(true)
    })

    it('resolves on time-out, on abort, and when the topic goes away', async () => {
      const timed = stream.wait('w1/t', [0, 0], 1000)
      await new Promise(setImmediate)
      clock.advance(1000)
      await timed
      const controller = new AbortController()
      const aborted = stream.wait('w1/t', [0, 0], 60_000, controller.signal)
      controller.abort()
      await aborted
      await stream.wait('w1/t', [0, 0], 60_000, AbortSignal.abort())
      const orphaned = stream.wait('w1/t', [0, 0], 60_000)
      await stream.deleteTopic('w1/t')
      await orphaned
    })
  })

  it('finds offsets by time', async () => {
    const start = clock.now()
    for (let n = 0; n < 60; n++) {
      await stream.append('w1/t', [record('x'.repeat(900), { partition: 0 }), record('y', { partition: 0 })])
      clock.advance(1000)
    }
    for (const moment of ['now', 'after a restart']) {
      if (moment !== 'now') await reopen()
      expect(await stream.offsetAt('w1/t', 0, start - 5)).toBe(0)
      for (let n = 0; n < 60; n++) {
        expect(await stream.offsetAt('w1/t', 0, start + n * 1000)).toBe(2 * n)
        expect(await stream.offsetAt('w1/t', 0, start + n * 1000 - 500)).toBe(2 * n)
      }
      expect(await stream.offsetAt('w1/t', 0, start + 60_000)).toBe(120)
      expect(await stream.offsetAt('w1/t', 1, start)).toBe(0)
    }
  })

  describe('groups', () => {
    it('keeps commits apart by group and topic, over a restart, and lets them go back', async () => {
      await stream.ensureTopic('w1/u', { partitions: 2 })
      expect(await stream.groups.committed('w1/t', 'g')).toEqual([undefined, undefined])
      await stream.groups.commit('w1/t', 'g', [{ partition: 1, offset: 7 }])
      await stream.groups.commit('w1/t', 'G/..', [{ partition: 0, offset: 3 }])
      await reopen()
      expect(await stream.groups.committed('w1/t', 'g')).toEqual([undefined, 7])
      expect(await stream.groups.committed('w1/t', 'G/..')).toEqual([3, undefined])
      expect(await stream.groups.committed('w1/u', 'g')).toEqual([undefined, undefined])
      await stream.groups.commit('w1/t', 'g', [
        { partition: 0, offset: 1 },
        { partition: 1, offset: 2 },
      ])
      expect(await stream.groups.committed('w1/t', 'g')).toEqual([1, 2])
    })

    it('takes commits that come at once; the last one holds', async () => {
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => stream.groups.commit('w1/t', 'g', [{ partition: n % 2, offset: n }])),
      )
      await reopen()
      expect(await stream.groups.committed('w1/t', 'g')).toEqual([48, 49])
    })

    it('refuses offsets and partitions that cannot be', async () => {
      for (const offsets of [
        { partition: 2, offset: 0 },
        { partition: 0, offset: -1 },
        { partition: 0, offset: 1.5 },
      ]) {
        await expect(stream.groups.commit('w1/t', 'g', [offsets])).rejects.toMatchObject({ code: 'invalid-request' })
      }
    })

    it('tells the lag in records and in age of the oldest', async () => {
      expect(await stream.groups.lag('w1/t', 'g')).toEqual({ records: 0, ms: 0 })
      await stream.append('w1/t', [record('a', { partition: 0 }), record('b', { partition: 0 })])
      clock.advance(5000)
      await stream.append('w1/t', [record('c', { partition: 1 })])
      clock.advance(2000)
      expect(await stream.groups.lag('w1/t', 'g')).toEqual({ records: 3, ms: 7000 })
      await stream.groups.commit('w1/t', 'g', [{ partition: 0, offset: 2 }])
      expect(await stream.groups.lag('w1/t', 'g')).toEqual({ records: 1, ms: 2000 })
      await stream.groups.commit('w1/t', 'g', [{ partition: 1, offset: 1 }])
      expect(await stream.groups.lag('w1/t', 'g')).toEqual({ records: 0, ms: 0 })
    })
  })

  describe('retention', () => {
    const fill = async (topic: string, count: number): Promise<void> => {
      for (let n = 0; n < count; n++) await stream.append(topic, [record('x'.repeat(1000), { partition: 0 })])
    }
    const earliest = async (topic: string): Promise<number> => (await stream.describe(topic))?.ends[0]?.earliest ?? -1

    it('removes the oldest beyond the bytes; reading there is offset-out-of-range', async () => {
      await stream.ensureTopic('w1/r', { partitions: 1, retention: { bytes: 50_000 } })
      await fill('w1/r', 200)
      await stream.ensureTopic('w1/r', { partitions: 1, retention: { bytes: 50_000 } })
      const first = await earliest('w1/r')
      expect(first).toBeGreaterThan(140)
      expect(first).toBeLessThan(200)
      await expect(stream.read('w1/r', 0, first - 1, all)).rejects.toMatchObject({
        code: 'offset-out-of-range',
        details: { earliest: first },
      })
      expect((await stream.read('w1/r', 0, first, all)).map(({ offset }) => offset)).toEqual(
        Array.from({ length: 200 - first }, (_, n) => first + n),
      )
      expect(await stream.offsetAt('w1/r', 0, 0)).toBe(first)
      await stream.groups.commit('w1/r', 'g', [{ partition: 0, offset: 5 }])
      expect((await stream.groups.lag('w1/r', 'g')).records).toBe(200 - first)
      await reopen()
      expect(await earliest('w1/r')).toBe(first)
      expect((await stream.append('w1/r', [record('next')]))[0]?.offset).toBe(200)
    })

    it('removes what is too old, at last everything, and offsets go on', async () => {
      const retention = { ms: 60_000 }
      await stream.ensureTopic('w1/r', { partitions: 1, retention })
      await fill('w1/r', 30)
      clock.advance(50_000)
      await fill('w1/r', 30)
      clock.advance(20_000)
      await stream.ensureTopic('w1/r', { partitions: 1, retention })
      expect(await earliest('w1/r')).toBe(30)
      clock.advance(100_000)
      await stream.ensureTopic('w1/r', { partitions: 1, retention })
      expect(await earliest('w1/r')).toBe(60)
      expect(await stream.read('w1/r', 0, 60, all)).toEqual([])
      expect((await stream.append('w1/r', [record('next')]))[0]?.offset).toBe(60)
    })

    it('keeps everything without it', async () => {
      await fill('w1/t', 100)
      clock.advance(1e12)
      await stream.ensureTopic('w1/t', { partitions: 2 })
      expect(await stream.read('w1/t', 0, 0, all)).toHaveLength(100)
    })
  })

  it('ends what was appended before the close, and refuses what comes after', async () => {
    const appended = Promise.all(
      Array.from({ length: 100 }, (_, n) => stream.append('w1/t', [record(String(n), { partition: 0 })])),
    )
    await stream.close()
    await appended
    await expect(stream.append('w1/t', [record('late')])).rejects.toMatchObject({ code: 'unavailable' })
    await expect(stream.read('w1/t', 0, 0, all)).rejects.toMatchObject({ code: 'unavailable' })
    stream = await open()
    expect(await stream.read('w1/t', 0, 0, all)).toHaveLength(100)
  })
})
