/**
 * The durable executor beside its floors, in one run: the bare interpreter (no journal) and raw appends of the stream
 * (no interpreter). Five pure nodes a run. Medians of five rounds. `npx tsx bench/durable.ts`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, systemIds } from '../connectors/clock/system.ts'
import { embeddedStream } from '../connectors/stream/index.ts'
import { compile } from '../engine/graph/compile.ts'
import { readDocument } from '../engine/graph/document.ts'
import type { NodeServices } from '../engine/nodes/node.ts'
import { noFaults } from '../engine/ports/faults.ts'
import { advance } from '../engine/run/execute.ts'
import { begin } from '../engine/run/step.ts'
import { pureDocument, versionOf } from '../test/support/workflow.ts'
import { openEmbeddedDurable } from '../temporal/index.ts'

const rounds = 5
const version = versionOf(pureDocument())
const folder = mkdtempSync(join(tmpdir(), 'riskloom-bench-'))
const telemetry = { log() {}, count() {}, gauge() {}, observe() {} }
const say = (line: string): void => void process.stdout.write(`${line}\n`)
// Pure nodes only meet the clock.
const services = { clock: systemClock, ids: systemIds } as unknown as NodeServices
const inputs = { text: 'banana' }

const stream = await embeddedStream({ folder: join(folder, 'stream'), clock: systemClock })
const durable = await openEmbeddedDurable({
  stream,
  services,
  telemetry,
  faults: noFaults,
  workspaces: () => Promise.resolve([]),
  loadVersion: () => Promise.resolve(version),
})

try {
  await measure('floor: bare interpreter, events and traces     ', 'runs', 2_000, () => interpret(2_000, true))
  await measure('floor: bare interpreter, neither               ', 'runs', 2_000, () => interpret(2_000, false))
  await stream.ensureTopic('bench/raw', { partitions: 1 })
  const value = new Uint8Array(600)
  const append = () => stream.append('bench/raw', [{ key: 'run/x', value }])
  await measure('floor: raw durable append, one after the other ', 'appends', 300, () => flights(300, 1, append))
  await measure('floor: raw durable append, 8 in flight         ', 'appends', 1_200, () => flights(1_200, 8, append))
  await measure('start → finished, one after the other          ', 'runs', 150, () => flights(150, 1, startOne))
  await measure('start → finished, 8 in flight                  ', 'runs', 600, () => flights(600, 8, startOne))
  await measure('start → finished, 64 in flight                 ', 'runs', 2_000, () => flights(2_000, 64, startOne))
  await measure('runBatch of 1,000, full traces                 ', 'items', 1_000, () => batch(true))
  await measure('runBatch of 1,000, no traces                   ', 'items', 1_000, () => batch(false))
} finally {
  await durable.close()
  await stream.close()
  rmSync(folder, { recursive: true, force: true })
}

async function measure(name: string, unit: string, count: number, work: () => Promise<void> | void): Promise<void> {
  await work()
  const rates: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now()
    await work()
    rates.push(Math.round((count * 1000) / (performance.now() - started)))
  }
  rates.sort((one, other) => one - other)
  say(`${name} ${String(rates[rounds >> 1]).padStart(8)} ${unit}/s   (${rates[0]}–${rates.at(-1)})`)
}

function interpret(count: number, kept: boolean): void {
  const { document } = readDocument(version.document)
  const compiled = document === null ? undefined : compile(document)
  if (compiled?.ok !== true) throw new Error('the document does not compile')
  const context = {
    workspace: 'bench',
    runId: 'r',
    appId: 'a',
    versionId: version.id,
    purpose: 'live',
    user: '',
    events: kept,
    traces: kept,
  } as const
  const options = { services, bindings: version.bindings, signal: new AbortController().signal }
  for (let run = 0; run < count; run += 1) {
    const progress = begin(compiled.graph, context, inputs, Date.now())
    advance(compiled.graph, progress, options)
    if (progress.state.status !== 'succeeded') throw new Error(`the run ended ${progress.state.status}`)
  }
}

async function flights(count: number, atOnce: number, one: () => Promise<unknown>): Promise<void> {
  let left = count
  const flight = async () => {
    while (left > 0) {
      left -= 1
      await one()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, flight))
}

async function startOne(): Promise<void> {
  const handle = await durable.start({
    workspace: 'bench',
    runId: systemIds.uuid(),
    version,
    purpose: 'live',
    user: 'u',
    inputs,
  })
  const run = await handle.finished
  if (run.status !== 'succeeded') throw new Error(`the run ended ${run.status}`)
}

async function batch(traces: boolean): Promise<void> {
  const items = Array.from({ length: 1_000 }, (_, index) => ({ key: `0/${index}`, runId: systemIds.uuid(), inputs }))
  const request = { workspace: 'bench', batchId: systemIds.uuid(), version, purpose: 'live', items, traces } as const
  const results = await durable.runBatch({ ...request, concurrency: 8, attempts: 3 })
  if (results.some(({ run }) => run.status !== 'succeeded')) throw new Error('an item failed')
}
