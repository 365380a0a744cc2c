import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../clock/system.ts'
import { lockFolder } from './folder-lock.ts'

describe('lockFolder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'riskloom-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('lets exactly one of many have the folder, round after round, stale locks or not', async () => {
    for (let round = 0; round < 30; round += 1) {
      await writeFile(join(folder, `lock.${process.pid}.0123456789abcdef.${round}`), '')
      const results = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder, systemClock)))
      const [winner, ...others] = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
      expect(others).toEqual([])
      await expect(lockFolder(folder, systemClock)).rejects.toMatchObject({
        code: 'data-folder-in-use',
        details: { pid: process.pid },
      })
      await winner?.release()
      expect(await readdir(folder)).toEqual([])
    }
  })
})
