/** Cold and warm start to the line `RiskLoom ready`, and the memory of all processes at rest. `npx tsx bench/start.ts` */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProduct, type Product } from '../test/support/product.ts'

const warmStarts = 3
/** Until buffers of the start are given back. */
const restMs = 8_000

const folder = await mkdtemp(join(tmpdir(), 'riskloom-bench-'))
const dataFolder = join(folder, 'data')
try {
  const [product, coldMs] = await timed()
  await product.stop()
  console.log(`cold start (empty folder)  ${coldMs.toFixed(0)} ms`)
  const times: number[] = []
  for (let count = 0; count < warmStarts; count += 1) {
    const [again, ms] = await timed()
    times.push(ms)
    if (count === warmStarts - 1) {
      await sleep(restMs)
      tellMemory(again)
    }
    await again.stop()
  }
  times.sort((left, right) => left - right)
  console.log(
    `warm start                 ${times[Math.floor(times.length / 2)]?.toFixed(0)} ms (median of ${warmStarts})`,
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function timed(): Promise<[Product, number]> {
  const began = performance.now()
  const product = await startProduct({ dataFolder })
  return [product, performance.now() - began]
}

interface Process {
  readonly pid: number
  readonly parent: number
  /** KiB */
  readonly resident: number
  readonly command: string
}

function tellMemory(product: Product): void {
  const all = processes()
  const family = all.filter(({ pid }) => isBelow(pid, product.pid, all))
  for (const { pid, resident, command } of family) {
    console.log(
      `${megabytes(resident).padStart(6)} MB resident  ${megabytes(proportional(pid)).padStart(6)} MB own share  ${command.slice(0, 70)}`,
    )
  }
  const sum = (of: (process: Process) => number): string => megabytes(family.reduce((total, one) => total + of(one), 0))
  console.log(
    `at rest, ${family.length} processes    ${sum(one => one.resident)} MB resident, ${sum(one => proportional(one.pid))} MB with shared pages counted once`,
  )
}

function processes(): Process[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,ppid=,rss=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap(line => {
    const [, pid, parent, resident, command = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), resident: Number(resident), command }]
  })
}

function isBelow(pid: number, ancestor: number, all: readonly Process[]): boolean {
  if (pid === ancestor) return true
  const parent = all.find(one => one.pid === pid)?.parent
  return parent !== undefined && parent > 1 && isBelow(parent, ancestor, all)
}

/** KiB with shared pages divided among their users; 0 where the system does not tell. */
function proportional(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function megabytes(kibibytes: number): string {
  return ((kibibytes * 1_024) / 1e6).toFixed(0)
}
