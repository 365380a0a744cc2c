import { mkdtemp, open, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../connectors/clock/system.ts'
import { embeddedStream } from '../connectors/stream/index.ts'
import type { Stream } from '../engine/ports/stream.ts'

/**
 * Durable appends and reads of the embedded log, beside the floor: the same bytes appended to a plain file with the same
 * number in flight sharing one fdatasync. Records of 1 KB, 4 partitions, keys.
 */
const recordBytes = 1024
const partitions = 4
const runs = 3
const readRecords = 2000

interface Measured {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** CPU of the whole process, microseconds a record. */
  readonly cpu: number
}

const payload = new Uint8Array(recordBytes).fill(120)
const keys = Array.from({ length: 1000 }, (_, index) => `user-${index}`)

/** Keeps `inFlight` calls of `once` open until `count` are done; latency in milliseconds. */
async function measure(count: number, inFlight: number, once: (n: number) => Promise<unknown>): Promise<Measured> {
  const latencies = new Float64Array(count)
  let started = 0
  const worker = async (): Promise<void> => {
    while (started < count) {
      const n = started++
      const from = performance.now()
      await once(n)
      latencies[n] = performance.now() - from
    }
  }
  const cpu = process.cpuUsage()
  const from = performance.now()
  await Promise.all(Array.from({ length: inFlight }, worker))
  const seconds = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(cpu)
  latencies.sort()
  const at = (share: number): number => latencies[Math.floor(share * (count - 1))] ?? 0
  return { perSecond: count / seconds, p50: at(0.5), p99: at(0.99), cpu: (user + system) / count }
}

/** The floor: one write and one fdatasync for `batch` records, nothing else. */
async function floor(folder: string, count: number, batch: number): Promise<Measured> {
  const bytes = Buffer.alloc(batch * recordBytes, 120)
  const handle = await open(join(folder, `floor-${batch}`), 'a')
  try {
    const measured = await measure(Math.ceil(count / batch), 1, async () => {
      await handle.appendFile(bytes)
      await handle.datasync()
    })
    return { ...measured, perSecond: measured.perSecond * batch, cpu: measured.cpu / batch }
  } finally {
    await handle.close()
  }
}

async function readAll(stream: Stream, topic: string): Promise<{ perSecond: number; cpu: number }> {
  const info = await stream.describe(topic)
  const cpu = process.cpuUsage()
  const from = performance.now()
  let count = 0
  for (const [partition, { next }] of (info?.ends ?? []).entries()) {
    for (let offset = 0; offset < next;) {
      const records = await stream.read(topic, partition, offset, { records: readRecords })
      offset += records.length
      count += records.length
    }
  }
  const seconds = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: count / seconds, cpu: (user + system) / count }
}

function median<T>(all: readonly T[], by: (one: T) => number): T {
  const middle = all.toSorted((left, right) => by(left) - by(right))[all.length >> 1]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(10)

function show(name: string, { perSecond, p50, p99, cpu }: Measured): void {
  const times = `p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms`
  console.log(`${name.padEnd(34)}${whole(perSecond)}/s  ${times}  ${cpu.toFixed(2)} µs CPU a record`)
}

async function rounds(work: () => Promise<Measured>): Promise<Measured> {
  const all: Measured[] = []
  for (let round = 0; round < runs; round++) all.push(await work())
  return median(all, ({ perSecond }) => perSecond)
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'riskloom-bench-'))
  const stream = await embeddedStream({ folder: join(folder, 'stream'), clock: systemClock })
  const append = (topic: string, n: number): Promise<unknown> =>
    stream.append(topic, [{ key: keys[n % keys.length] ?? null, value: payload }])
  try {
    console.log(`${recordBytes}-byte records, ${partitions} partitions, median of ${runs}, ${cpus().length} cores`)
    for (const [inFlight, count] of [
      [1, 2000],
      [1024, 400_000],
    ] as const) {
      const topic = `bench/in-flight-${inFlight}`
      await stream.ensureTopic(topic, { partitions })
      show(`floor, ${inFlight} a write`, await rounds(() => floor(folder, count, inFlight)))
      show(`append, ${inFlight} in flight`, await rounds(() => measure(count, inFlight, n => append(topic, n))))
    }
    const reads: Awaited<ReturnType<typeof readAll>>[] = []
    for (let round = 0; round < runs; round++) reads.push(await readAll(stream, 'bench/in-flight-1024'))
    const read = median(reads, ({ perSecond }) => perSecond)
    console.log(
      `${`read, ${readRecords} a call`.padEnd(34)}${whole(read.perSecond)}/s  ${read.cpu.toFixed(2)} µs CPU a record`,
    )
  } finally {
    await stream.close()
    await rm(folder, { recursive: true, force: true })
  }
}

await main()
