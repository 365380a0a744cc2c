import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewRecord, StoredRecord } from '../../../engine/ports/stream.ts'
import { BufferPool } from './buffer-pool.ts'
import { isIntact, readFrameHeader, readRecords } from './frame.ts'
import { frameBytes, Group } from './group.ts'
import { partitionOf } from '../../../engine/ports/partition.ts'
import { laterGroupFollows, scanSegment } from './scan.ts'

const seed = 0xdecaf
const partitions = 3
const anyRecord: fc.Arbitrary<NewRecord & { partition: number }> = fc.record({
  key: fc.option(fc.string({ unit: 'grapheme' })),
  value: fc.oneof(
    { weight: 9, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    fc.integer({ min: 0, max: 200_000 }).map(length => new Uint8Array(length).fill(length)),
  ),
  headers: fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { maxKeys: 3 }),
  partition: fc.integer({ min: 0, max: partitions - 1 }),
})
const anyGroups = fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), { maxLength: 6 })

function encodeGroups(groups: readonly (NewRecord & { partition: number })[][]): { bytes: Buffer; ends: number[] } {
  const pool = new BufferPool(frameBytes)
  const next = Array.from({ length: partitions }, () => 0)
  const parts: Buffer[] = []
  const ends: number[] = []
  let position = 0
  for (const records of groups) {
    const group = new Group(pool)
    void group.append(
      records,
      records.map(record => record.partition),
    )
    const encoded = group.encode({ position, timestamp: 1000 + parts.length, seed, next: [...next] })
    parts.push(...encoded.parts.map(part => Buffer.from(part)))
    group.release()
    position += encoded.frames.at(-1)?.end ?? 0
    ends.push(position)
    for (const record of records) next[record.partition] = (next[record.partition] ?? 0) + 1
  }
  return { bytes: Buffer.concat(parts), ends }
}

describe('framing', () => {
  let folder: string
  let path: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'riskloom-'))
    path = join(folder, 'segment')
  })
  afterAll(() => rm(folder, { recursive: true }))

  const scan = async (bytes: Buffer): Promise<Awaited<ReturnType<typeof scanSegment>> & { later: boolean }> => {
    await writeFile(path, bytes)
    const handle = await open(path)
    try {
      const found = await scanSegment(handle, { position: 0, seed, next: [], timestamp: 0 })
      return { ...found, later: await laterGroupFollows(handle, found.goodEnd, seed) }
    } finally {
      await handle.close()
    }
  }

  const recordsOf = (bytes: Buffer, end: number): StoredRecord[] => {
    const records: StoredRecord[] = []
    for (let at = 0; at < end;) {
      const frame = bytes.subarray(at, at + 40 + bytes.readUInt32LE(at + 8))
      expect(isIntact(frame, seed)).toBe(true)
      readRecords(frame, readFrameHeader(frame, 0), 0, record => records.push(record) > 0)
      at += frame.length
    }
    return records
  }

  it('gives back any records, whole and in order per partition', async () => {
    await fc.assert(
      fc.asyncProperty(anyGroups, async groups => {
        const { bytes } = encodeGroups(groups)
        const found = await scan(bytes)
        expect(found.goodEnd).toBe(bytes.length)
        const stored = recordsOf(bytes, bytes.length)
        for (let partition = 0; partition < partitions; partition++) {
          const written = groups.flat().filter(record => record.partition === partition)
          const read = stored.filter(record => record.partition === partition)
          expect(found.next[partition] ?? 0).toBe(written.length)
          expect(read.map(({ offset }) => offset)).toEqual(written.map((_, offset) => offset))
          expect(read.map(({ key }) => key)).toEqual(written.map(({ key }) => key && Buffer.from(key).toString()))
          expect(read.map(({ headers }) => ({ ...headers }))).toEqual(written.map(({ headers }) => ({ ...headers })))
          expect(read.every(({ value }, n) => Buffer.compare(value, written[n]?.value ?? Buffer.of()) === 0)).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('cut anywhere, holds the whole groups before the cut and takes the rest for torn', async () => {
    await fc.assert(
      fc.asyncProperty(anyGroups, fc.double({ min: 0, max: 1, noNaN: true }), async (groups, share) => {
        const { bytes, ends } = encodeGroups(groups)
        const cut = Math.floor(share * bytes.length)
        const found = await scan(bytes.subarray(0, cut))
        expect(found.goodEnd).toBe(ends.findLast(end => end <= cut) ?? 0)
        expect(found.later).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  it('with any bit turned, ends before that group and tells whether later groups would be lost', async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
    await fc.assert(
      fc.asyncProperty(anyGroups, share, fc.nat(7), async (groups, at, bit) => {
        fc.pre(groups.length > 0)
        const { bytes, ends } = encodeGroups(groups)
        const position = Math.floor(at * bytes.length)
        bytes[position] = bytes.readUInt8(position) ^ (1 << bit)
        const found = await scan(bytes)
        const damagedGroup = ends.findIndex(end => end > position)
        expect(found.goodEnd).toBe(ends[damagedGroup - 1] ?? 0)
        expect(found.later).toBe(damagedGroup < ends.length - 1)
      }),
      { numRuns: 60 },
    )
  })

  it('does not take a record that holds the bytes of a log for one', async () => {
    const inner = encodeGroups([
      [{ key: null, value: Buffer.from('a'), partition: 0 }],
      [{ key: null, value: Buffer.from('b'), partition: 0 }],
    ]).bytes
    // What an outsider can write: right in all but the seed, which stands only in the file.
    const group = new Group(new BufferPool(frameBytes))
    void group.append([{ key: null, value: inner }], [0])
    const { parts } = group.encode({ position: 0, timestamp: 1, seed: seed + 1, next: [0] })
    const torn = Buffer.concat(parts).subarray(0, -1)
    await writeFile(path, torn)
    const handle = await open(path)
    expect(await laterGroupFollows(handle, 0, seed + 1)).toBe(false)
    await handle.close()
  })
})

describe('partition of a key', () => {
  it('never changes: these are on disk', () => {
    const keys = ['', 'a', 'user-1', 'user-2', '用户', '🔑']
    expect(keys.map(key => partitionOf(key, 1000))).toMatchInlineSnapshot(`
      [
        923,
        55,
        803,
        946,
        458,
        464,
      ]
    `)
  })
})
