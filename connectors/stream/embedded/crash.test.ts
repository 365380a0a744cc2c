import { closeSync, openSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { killChild, typescriptChild } from '../../../test/support/typescript-child.ts'
import { systemClock } from '../../clock/system.ts'
import { embeddedStream } from './stream.ts'

const rounds = 4
const writers = 8
const patient = { timeout: 180_000 }

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let data: string
beforeEach(async () => {
  folder = await temporaryFolder()
  data = join(folder.path, 'stream')
})
afterEach(() => folder.remove())

/** Starts a child that appends, with its acknowledgements going to the ledger; resolves when it appends. */
async function appendingChild(ledger: string, first: number): Promise<ReturnType<typeof typescriptChild>> {
  const descriptor = openSync(ledger, 'a')
  const args = [data, String(writers), String(first)]
  const child = typescriptChild('append-loop', args, ['ignore', 'pipe', 'inherit', descriptor])
  closeSync(descriptor)
  const output = child.stdout
  if (output === null) throw new Error('the child has no output')
  for await (const chunk of output) if (String(chunk).includes('ready')) break
  return child
}

describe('killed without warning', () => {
  it('loses nothing that was acknowledged, keeps order, and never shows half an append', patient, async () => {
    const ledger = join(folder.path, 'ledger')
    await writeFile(ledger, '')
    const outcomes: number[] = []
    for (let round = 0; round < rounds; round++) {
      const child = await appendingChild(ledger, round * 1_000_000)
      await delay(150 + 100 * round)
      await killChild(child)
      const acknowledged = (await readFile(ledger, 'utf8')).split('\n').slice(0, -1)
      const stream = await embeddedStream({ folder: data, clock: systemClock })
      const names = async (partition: number): Promise<string[]> => {
        const records = await stream.read('w1/t', partition, 0, { records: 10_000_000 })
        expect(records.map(({ offset }) => offset)).toEqual(records.map((_, offset) => offset))
        return records.map(({ value }) => Buffer.from(value).toString().split(':', 2).join(':'))
      }
      const single = [...(await names(0)), ...(await names(1))]
      const both = await names(2)
      // What was not acknowledged may be there, but whole: in both partitions or in none.
      expect(single.toSorted()).toEqual(both.toSorted())
      expect(new Set(both).size).toBe(both.length)
      const stored = new Set(both)
      const appended = acknowledged.filter(line => !line.startsWith('commit'))
      expect(appended.filter(name => !stored.has(name))).toEqual([])
      for (let writer = 0; writer < writers; writer++) {
        const numbers = both.filter(name => name.startsWith(`${writer}:`)).map(name => Number(name.split(':')[1]))
        expect(numbers).toEqual(numbers.toSorted((left, right) => left - right))
        const [, , commit] = await stream.groups.committed('w1/t', `group-${writer}`)
        const confirmed = acknowledged.filter(line => line.startsWith(`commit ${writer}:`)).at(-1)
        expect(commit ?? 0).toBeGreaterThanOrEqual(Number(confirmed?.split(':')[1] ?? Infinity))
      }
      outcomes.push(acknowledged.length)
      await stream.close()
    }
    // Each round did append, so that the kill had something to destroy.
    expect(outcomes.every((count, round) => count > (outcomes[round - 1] ?? 0))).toBe(true)
  })
})

describe('a folder', () => {
  it('in use by another process is refused by its pid; once that is killed, taken over', patient, async () => {
    const child = await appendingChild(join(folder.path, 'ledger'), 0)
    await expect(embeddedStream({ folder: data, clock: systemClock })).rejects.toMatchObject({
      code: 'data-folder-in-use',
      details: { pid: child.pid },
      message: expect.stringContaining(`process ${child.pid}`),
    })
    await killChild(child)
    const stream = await embeddedStream({ folder: data, clock: systemClock })
    expect(await stream.describe('w1/t')).toBeDefined()
    await stream.close()
  })

  it('in use in this process is refused too, and free after the close', async () => {
    const stream = await embeddedStream({ folder: data, clock: systemClock })
    await expect(embeddedStream({ folder: data, clock: systemClock })).rejects.toMatchObject({
      code: 'data-folder-in-use',
      details: { pid: process.pid },
    })
    await stream.close()
    expect(await readdir(data)).toEqual(['topics'])
    const again = await embeddedStream({ folder: data, clock: systemClock })
    await again.close()
  })

  it.each([
    ['nothing', ''],
    ['a process that is gone', JSON.stringify({ pid: 4_000_000, startedAt: '1', mark: 'x' })],
    ['an earlier process with our pid', JSON.stringify({ pid: process.pid, startedAt: '1', mark: 'x' })],
  ])('whose lock names %s is taken over by one of many', async (_name, lock) => {
    const first = await embeddedStream({ folder: data, clock: systemClock })
    await first.close()
    await writeFile(join(data, 'lock'), lock)
    const opened = await Promise.allSettled(
      Array.from({ length: 5 }, () => embeddedStream({ folder: data, clock: systemClock })),
    )
    const streams = opened.filter(result => result.status === 'fulfilled').map(({ value }) => value)
    expect(streams).toHaveLength(1)
    for (const stream of streams) await stream.close()
  })

  it.skipIf(process.platform !== 'linux')(
    'whose lock names a pid that another program has now is taken over',
    async () => {
      const first = await embeddedStream({ folder: data, clock: systemClock })
      await first.close()
      await writeFile(join(data, 'lock'), JSON.stringify({ pid: process.ppid, startedAt: '1', mark: 'x' }))
      const stream = await embeddedStream({ folder: data, clock: systemClock })
      await stream.close()
    },
  )
})
