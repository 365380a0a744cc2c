import { statfsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallDisk } from '../../../test/support/small-disk.ts'
import { systemClock } from '../../clock/system.ts'
import { embeddedStream } from './stream.ts'

const disk = await smallDisk(4)

describe.skipIf(disk === undefined)('on a full disk (needs the right to mount)', () => {
  const path = disk?.path ?? ''
  const ballast = join(path, 'ballast')
  const record = (text: string) => ({ key: null, value: Buffer.from(text.padEnd(10_000)) })
  const open = () => embeddedStream({ folder: join(path, 'stream'), clock: systemClock, segmentBytes: 200_000 })
  let free: number

  beforeAll(async () => {
    await writeFile(ballast, Buffer.alloc(2 << 20))
    free = statfsSync(path).bavail * statfsSync(path).bsize
  })
  afterAll(() => disk?.remove())

  it('refuses with disk-full, damages nothing, and goes on when there is space', async () => {
    let stream = await open()
    await stream.ensureTopic('w1/t', { partitions: 1 })
    const kept: string[] = []
    let failure: unknown
    for (let n = 0; failure === undefined && n < free / 5000; n++) {
      await stream.append('w1/t', [record(`first ${n}`)]).then(
        () => kept.push(`first ${n}`),
        (error: unknown) => (failure = error),
      )
    }
    const full = { code: 'disk-full', status: 507, transient: true, details: { path: expect.stringContaining(path) } }
    expect(failure).toMatchObject(full)
    expect(kept.length).toBeGreaterThan(50)
    await expect(stream.check()).rejects.toMatchObject({ code: 'disk-full' })
    await expect(stream.append('w1/t', [record('x'.repeat(100_000))])).rejects.toMatchObject({ code: 'disk-full' })
    await expect(stream.ensureTopic('w1/new', { partitions: 1 })).rejects.toMatchObject({ code: 'disk-full' })
    await expect(stream.groups.commit('w1/t', 'g', [{ partition: 0, offset: 1 }])).rejects.toMatchObject({
      code: 'disk-full',
    })
    expect(await stream.groups.committed('w1/t', 'g')).toEqual([undefined])

    const stored = async (): Promise<string[]> => {
      const records = await stream.read('w1/t', 0, 0, { records: 10_000 })
      return records.map(({ value }) => Buffer.from(value).toString().trim())
    }
    expect(await stored()).toEqual(kept)
    await stream.close()
    stream = await open()
    expect(await stored()).toEqual(kept)

    await rm(ballast)
    await stream.check()
    for (let n = 0; n < 50; n++) {
      await stream.append('w1/t', [record(`second ${n}`)])
      kept.push(`second ${n}`)
    }
    await stream.groups.commit('w1/t', 'g', [{ partition: 0, offset: 1 }])
    await stream.ensureTopic('w1/new', { partitions: 1 })
    expect(await stored()).toEqual(kept)
    await stream.close()
    stream = await open()
    expect(await stored()).toEqual(kept)
    expect(await stream.groups.committed('w1/t', 'g')).toEqual([1])
    await stream.close()
  })
})
