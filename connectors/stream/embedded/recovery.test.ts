import { cp, mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Stream } from '../../../engine/ports/stream.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { systemClock } from '../../clock/system.ts'
import { embeddedStream } from './stream.ts'

const topic = 'w1/t'
const topicFolder = join('topics', 'w1%2ft')
const all = { records: 100_000 }
const text = (value: Uint8Array): string => Buffer.from(value).toString()

async function contents(stream: Stream): Promise<string[]> {
  const info = await stream.describe(topic)
  const read = (info?.ends ?? []).map((_, partition) => stream.read(topic, partition, 0, all))
  return (await Promise.all(read)).flat().map(({ value }) => text(value))
}

/** Works on the numbers of a range, sixteen at a time: each waits for the disk most of its time. */
async function forEachIn(from: number, to: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = from
  const worker = async (): Promise<void> => {
    while (next < to) await work(next++)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}

async function flip(file: string, position: number, bit = 0): Promise<void> {
  const bytes = await readFile(file)
  bytes[position] = bytes.readUInt8(position) ^ (1 << bit)
  await writeFile(file, bytes)
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

describe('the last segment after a crash', () => {
  let original: Awaited<ReturnType<typeof temporaryFolder>>
  /** Bytes of the segment after each append; at 0 the head alone. */
  const ends: number[] = []
  const segment = join(topicFolder, '000000000001.log')
  const appends = [['a'], ['b', 'c'], ['d', 'e', 'f'], ['g', 'h']]
  /** Contents, partition by partition, after so many appends. */
  const after: string[][] = []
  let copies = 0

  beforeAll(async () => {
    original = await temporaryFolder()
    const stream = await embeddedStream({ folder: original.path, clock: systemClock })
    await stream.ensureTopic(topic, { partitions: 2 })
    const note = async (): Promise<void> => {
      ends.push((await stat(join(original.path, segment))).size)
      after.push(await contents(stream))
    }
    await note()
    for (const values of appends) {
      // Spread over both partitions: each append is a group of up to two frames.
      const records = values.map((value, n) => ({ key: value, value: Buffer.from(value), partition: n % 2 }))
      await stream.append(topic, records)
      await note()
    }
    await stream.close()
  })
  afterAll(() => original.remove())

  const reopen = async (
    change: (file: string) => Promise<void>,
    ...uses: ((stream: Stream, torn: number[]) => Promise<void>)[]
  ): Promise<void> => {
    const copy = join(folder.path, String(copies++))
    await cp(original.path, copy, { recursive: true })
    await change(join(copy, segment))
    for (const use of uses) {
      const torn: number[] = []
      const onTornTail = ({ bytes }: { bytes: number }): unknown => torn.push(bytes)
      const stream = await embeddedStream({ folder: copy, clock: systemClock, onTornTail })
      try {
        await use(stream, torn)
      } finally {
        await stream.close()
      }
    }
  }
  const patient = { timeout: 120_000 }

  it('cut at every byte, holds every whole append and none in part, says so, and goes on', patient, async () => {
    expect(after.at(-1)).toHaveLength(8)
    await forEachIn(ends[0] ?? 0, (ends.at(-1) ?? 0) + 1, async cut => {
      const whole = ends.findLastIndex(end => end <= cut)
      await reopen(
        file => truncate(file, cut),
        async (stream, torn) => {
          expect(await contents(stream)).toEqual(after[whole])
          expect(torn).toEqual(cut === ends[whole] ? [] : [cut - (ends[whole] ?? 0)])
          const next = (await stream.describe(topic))?.ends[0]?.next
          const record = { key: null, value: Buffer.from('new'), partition: 0 }
          expect(await stream.append(topic, [record])).toEqual([{ partition: 0, offset: next }])
          expect(text((await stream.read(topic, 0, next ?? 0, all))[0]?.value ?? Buffer.of())).toBe('new')
        },
        async (stream, torn) => {
          expect((await contents(stream)).toSorted()).toEqual([...(after[whole] ?? []), 'new'].toSorted())
          expect(torn).toEqual([])
        },
      )
    })
  })

  it('with zeros or rubbish behind the end, as a power cut leaves it, is cut back to the end', async () => {
    for (const rubbish of [Buffer.alloc(5000), Buffer.from('RL\x01'.repeat(2000)), Buffer.alloc(7, 255)]) {
      await reopen(
        async file => writeFile(file, Buffer.concat([await readFile(file), rubbish])),
        async (stream, torn) => {
          expect(await contents(stream)).toEqual(after.at(-1))
          expect(torn).toEqual([rubbish.length])
        },
      )
    }
  })

  it('with a turned bit in any byte, never loses anything silently', patient, async () => {
    const lastAppend = ends.at(-2) ?? 0
    await forEachIn(0, ends.at(-1) ?? 0, async position => {
      await reopen(
        file => flip(file, position, position % 8),
        async (stream, torn) => {
          if (position >= lastAppend) {
            // As a torn write would look: the append is gone as a whole, and it is said.
            expect(await contents(stream)).toEqual(after.at(-2))
            expect(torn).toEqual([(ends.at(-1) ?? 0) - lastAppend])
            return
          }
          await expect(stream.describe(topic)).rejects.toMatchObject({
            code: 'corrupt-data',
            message: expect.stringContaining(segment),
          })
          expect(torn).toEqual([])
          // The rest of the stream works on, and the damaged topic can be removed.
          await stream.ensureTopic('w1/other', { partitions: 1 })
          await stream.deleteTopic(topic)
          expect(await stream.describe(topic)).toBeUndefined()
        },
      )
    })
  })

  it('cut within its head, is damaged, not empty', async () => {
    await reopen(
      file => truncate(file, 20),
      stream => expect(stream.describe(topic)).rejects.toMatchObject({ code: 'corrupt-data' }),
    )
  })
})

describe('older files', () => {
  const value = Buffer.alloc(1000, 'x')
  let file: (sequence: number) => string

  beforeEach(async () => {
    file = sequence => join(folder.path, topicFolder, `${String(sequence).padStart(12, '0')}.log`)
    const stream = await embeddedStream({ folder: folder.path, clock: systemClock, segmentBytes: 4000 })
    await stream.ensureTopic(topic, { partitions: 1 })
    for (let n = 0; n < 20; n++) await stream.append(topic, [{ key: null, value }])
    await stream.groups.commit(topic, 'g', [{ partition: 0, offset: 3 }])
    await stream.close()
  })

  const withStream = async (use: (stream: Stream) => Promise<void>): Promise<void> => {
    const stream = await embeddedStream({ folder: folder.path, clock: systemClock, segmentBytes: 4000 })
    try {
      await use(stream)
    } finally {
      await stream.close()
    }
  }

  it('damaged in a record: reading there fails and names the file, the rest is read', async () => {
    await flip(file(2), 3000)
    await withStream(async stream => {
      await expect(stream.read(topic, 0, 5, all)).rejects.toMatchObject({
        code: 'corrupt-data',
        details: { file: file(2) },
      })
      expect(await stream.read(topic, 0, 0, { records: 4 })).toHaveLength(4)
      expect(await stream.read(topic, 0, 12, all)).toHaveLength(8)
    })
  })

  it('damaged after the index was made: the read finds it all the same', async () => {
    await withStream(async stream => {
      expect(await stream.read(topic, 0, 0, all)).toHaveLength(20)
      await flip(file(2), 3000)
      await expect(stream.read(topic, 0, 0, all)).rejects.toMatchObject({ code: 'corrupt-data' })
    })
  })

  it('cut short, at a border of records too: reading there fails', async () => {
    const { size } = await stat(file(2))
    const record = 40 + 12 + value.length
    for (const cut of [size - 1, size - record]) {
      await truncate(file(2), cut)
      await withStream(stream =>
        expect(stream.read(topic, 0, 5, all)).rejects.toMatchObject({
          code: 'corrupt-data',
          details: { file: file(2) },
        }),
      )
    }
  })

  it('missing in the middle: the topic does not open', async () => {
    await rm(file(3))
    await withStream(stream => expect(stream.read(topic, 0, 0, all)).rejects.toMatchObject({ code: 'corrupt-data' }))
  })

  it('put in another’s place: the topic does not open', async () => {
    await cp(file(2), file(3))
    await withStream(stream =>
      expect(stream.read(topic, 0, 0, all)).rejects.toMatchObject({ code: 'corrupt-data', details: { file: file(3) } }),
    )
  })

  it('damaged committed offsets are not taken for none', async () => {
    const commits = join(folder.path, topicFolder, 'groups', 'g.json')
    await writeFile(commits, '{"v":1,')
    await withStream(stream =>
      expect(stream.groups.committed(topic, 'g')).rejects.toMatchObject({
        code: 'corrupt-data',
        details: { file: commits },
      }),
    )
  })

  it('of a topic that was being made or removed, or unfinished, are cleaned away', async () => {
    const half = join(folder.path, 'topics', '.half')
    await mkdir(half)
    await writeFile(join(half, 'x'), '')
    await writeFile(join(folder.path, topicFolder, '000000000006.log.abc.tmp'), 'half')
    await withStream(async stream => {
      expect(await stream.read(topic, 0, 0, all)).toHaveLength(20)
      expect(await readdir(join(folder.path, 'topics'))).toEqual(['w1%2ft'])
      expect(await readdir(join(folder.path, topicFolder))).not.toContain('000000000006.log.abc.tmp')
    })
  })
})

describe('many topics', () => {
  it.skipIf(process.platform !== 'linux')('hold few files open', async () => {
    const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length
    const before = await openFiles()
    const stream = await embeddedStream({ folder: folder.path, clock: systemClock })
    const names = Array.from({ length: 150 }, (_, n) => `w1/t${n}`)
    await Promise.all(names.map(name => stream.ensureTopic(name, { partitions: 1 })))
    await Promise.all(names.map(name => stream.append(name, [{ key: null, value: Buffer.from(name) }])))
    expect((await openFiles()) - before).toBeLessThan(60)
    for (const name of names) expect(text((await stream.read(name, 0, 0, all))[0]?.value ?? Buffer.of())).toBe(name)
    expect((await openFiles()) - before).toBeLessThan(60)
    await stream.close()
    expect((await openFiles()) - before).toBeLessThan(3)
  })
})

describe('a failed write', () => {
  it('leaves the log as before and the next append works; one that cannot be taken back stops the topic', async () => {
    const stream = await embeddedStream({ folder: folder.path, clock: systemClock })
    await stream.ensureTopic(topic, { partitions: 1 })
    await stream.append(topic, [{ key: null, value: Buffer.from('before') }])
    const probe = await open(join(folder.path, 'probe'), 'w')
    const prototype: unknown = Object.getPrototypeOf(probe)
    await probe.close()
    const lost = { key: null, value: Buffer.from('lost') }
    await failingOnce(prototype, ['datasync'], async () => {
      await expect(stream.append(topic, [lost])).rejects.toThrow('input/output error')
    })
    expect(await contents(stream)).toEqual(['before'])
    await stream.check()
    await stream.append(topic, [{ key: null, value: Buffer.from('after') }])
    await failingOnce(prototype, ['datasync', 'truncate'], async () => {
      await expect(stream.append(topic, [lost])).rejects.toMatchObject({ code: 'corrupt-data' })
    })
    // It could not be taken back, so nothing may follow it, and whoever asks is told.
    await expect(stream.append(topic, [lost])).rejects.toMatchObject({ code: 'corrupt-data' })
    await expect(stream.check()).rejects.toMatchObject({ code: 'corrupt-data' })
    expect(await contents(stream)).toEqual(['before', 'after'])
    await stream.close()
  })
})

/** Lets one call of each method of every file handle fail, as a failing disk would. */
async function failingOnce(prototype: unknown, methods: readonly string[], during: () => Promise<void>): Promise<void> {
  if (typeof prototype !== 'object' || prototype === null) throw new Error('no prototype')
  const originals = methods.map((method): [string, unknown] => [method, Reflect.get(prototype, method)])
  for (const [method, original] of originals) {
    Reflect.set(prototype, method, () => {
      Reflect.set(prototype, method, original)
      return Promise.reject(new Error('input/output error'))
    })
  }
  await during().finally(() => {
    for (const [method, original] of originals) Reflect.set(prototype, method, original)
  })
}
