import { mkdir, readdir, writeFile, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blobsAdapters } from '../../connectors/blobs/index.ts'
import { systemClock } from '../../connectors/clock/system.ts'
import type { Blobs } from '../../engine/ports/blobs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (value: Uint8Array | undefined): string | undefined => value && new TextDecoder().decode(value)

describe.each(blobsAdapters)('blobs: $name', adapter => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let blobs: Blobs

  beforeEach(async () => {
    folder = await temporaryFolder()
    blobs = await adapter.open({ folder: folder.path, clock: systemClock })
  })
  afterEach(async () => {
    await blobs.close()
    await folder.remove()
  })

  it('says what it is and works', async () => {
    expect(blobs.shared).toBe(adapter.shared)
    await blobs.check()
  })

  it('gives back what was put, also by a second opener, and undefined for what is missing', async () => {
    await blobs.put('w1/seals/a', bytes('one'))
    await blobs.put('w1/seals/empty', new Uint8Array(0))
    const again = await adapter.open({ folder: folder.path, clock: systemClock })
    expect(text(await again.get('w1/seals/a'))).toBe('one')
    expect((await again.get('w1/seals/empty'))?.length).toBe(0)
    expect(await again.get('w1/seals/b')).toBeUndefined()
    expect(await again.get('w1/seals/a/below')).toBeUndefined()
    expect(await again.get('w1/seals')).toBeUndefined()
  })

  it('replaces whole: a reader meets the old or the new object, never a mixture', async () => {
    const size = 300_000
    await blobs.put('w1/x', new Uint8Array(size).fill(0))
    let writing = true
    const reader = (async () => {
      let reads = 0
      while (writing) {
        const seen = await blobs.get('w1/x')
        expect(seen?.length).toBe(size)
        expect(new Set(seen).size).toBe(1)
        reads++
      }
      return reads
    })()
    for (let round = 1; round <= 20; round++) await blobs.put('w1/x', new Uint8Array(size).fill(round))
    writing = false
    expect(await reader).toBeGreaterThan(0)
    expect((await blobs.get('w1/x'))?.[0]).toBe(20)
  })

  it('takes concurrent writers of one path and of one new folder', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => blobs.put('w1/deep/er/same', bytes(String(n)))))
    await Promise.all(Array.from({ length: 20 }, (_, n) => blobs.put(`w1/deep/er/${n}`, bytes(String(n)))))
    expect(Number(text(await blobs.get('w1/deep/er/same')))).toBeLessThan(20)
    expect(await blobs.list('w1/deep/')).toHaveLength(21)
  })

  it('lists below a prefix in lexical order, nested ones too, and nothing else', async () => {
    for (const path of ['w1/b/2', 'w1/b-1', 'w1/b/10', 'w1/b/1/z', 'w1/c', 'w2/b/1', 'w10/b']) {
      await blobs.put(path, bytes(path))
    }
    expect(await blobs.list('w1/b/')).toEqual(['w1/b/1/z', 'w1/b/10', 'w1/b/2'])
    expect(await blobs.list('w1/')).toEqual(['w1/b-1', 'w1/b/1/z', 'w1/b/10', 'w1/b/2', 'w1/c'])
    expect(await blobs.list('w3/')).toEqual([])
    await expect(blobs.list('w1')).rejects.toMatchObject({ code: 'invalid-request' })
  })

  it('deletes, and deleting what is missing is no error', async () => {
    await blobs.put('w1/a', bytes('x'))
    await blobs.delete('w1/a')
    await blobs.delete('w1/a')
    await blobs.delete('w9/never/there')
    expect(await blobs.get('w1/a')).toBeUndefined()
    expect(await blobs.list('w1/')).toEqual([])
  })

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '..',
    'a/../b',
    '../a',
    './a',
    'a/..',
    'a\0b',
    'a\\..\\b',
    '.writing/x',
    'a/' + 'x'.repeat(201),
  ])('refuses the path %j', async path => {
    const refused = { code: 'invalid-request', details: { path } }
    await expect((async () => blobs.put(path, bytes('x')))()).rejects.toMatchObject(refused)
    await expect((async () => blobs.get(path))()).rejects.toMatchObject(refused)
    await expect((async () => blobs.delete(path))()).rejects.toMatchObject(refused)
  })
})

describe('blobs: folder after a crash', () => {
  it('neither lists nor keeps what was half-written', async () => {
    const folder = await temporaryFolder()
    const workshop = join(folder.path, '.writing')
    await mkdir(workshop)
    const yesterday = new Date(Date.now() - 2 * 86_400_000)
    for (const name of ['old.tmp', 'new.tmp']) await writeFile(join(workshop, name), 'half')
    await utimes(join(workshop, 'old.tmp'), yesterday, yesterday)
    const blobs = await blobsAdapters[0]?.open({ folder: folder.path, clock: systemClock })
    expect(await blobs?.list('')).toEqual([])
    expect(await readdir(workshop)).toEqual(['new.tmp'])
    await folder.remove()
  })
})
