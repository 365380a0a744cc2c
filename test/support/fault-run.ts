import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { topicOf } from '../../engine/ports/topics.ts'
import { checkOutcome, fillTopic, partitions, type FaultOutcome, type LedgerEntry } from './fault-ledger.ts'
import { streamFixture } from './stream-fixture.ts'
import { recordedApp } from './triage-app.ts'
import { openTwins } from './twins.ts'

const childFile = fileURLToPath(new URL('./fault-child.ts', import.meta.url))
const settings = { batchSize: 50, batchesInFlight: 2, concurrency: 2, batchWaitMs: 20, trace: 'full' as const }
/** Calls that two batches, each with two runs at a time, can have under way. */
const underWay = settings.batchesInFlight * settings.concurrency
const patienceMs = 90_000

/** A data folder with a full topic and a running pipeline that no process has taken up yet; each case starts from a copy. */
export interface Prepared {
  readonly ledger: readonly LedgerEntry[]
  readonly batchSize: number
  start(): Promise<FaultCase>
  remove(): Promise<void>
}

export interface ChildEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
}

/** One life of the folder over several processes. */
export interface FaultCase {
  readonly folder: string
  /** Runs a process until it ends. `mode` as the child takes it. */
  run(fault: string, mode?: string): Promise<ChildEnd>
  /** Runs undisturbed to the end, then checks everything; the answer lists what is wrong. */
  finish(options?: { kills?: number; mode?: string }): Promise<string[]>
  remove(): Promise<void>
}

export async function prepareFaults(): Promise<Prepared> {
  const root = await mkdtemp(join(tmpdir(), 'riskloom-faults-'))
  const template = join(root, 'template')
  const twins = await openTwins({ folder: template })
  const { records, stream } = twins.services
  const fixture = await streamFixture(twins.services, recordedApp())
  const source = await fixture.addSource('posts', undefined, partitions)
  await fixture.streams.runner.stop()
  await fixture.addPipeline('posts-triage', source, settings)
  await records.workspace('acme').pipelines.setStatus('posts-triage', 'running', null)
  const ledger = await fillTopic(stream, topicOf.source(source))
  await twins.close()
  let cases = 0
  return {
    ledger,
    batchSize: settings.batchSize,
    async start() {
      cases += 1
      const home = join(root, `case-${cases}`)
      await cp(template, join(home, 'data'), { recursive: true })
      return faultCase(home, ledger)
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

function faultCase(home: string, ledger: readonly LedgerEntry[]): FaultCase {
  const folder = join(home, 'data')
  const calls = join(home, 'calls.jsonl')
  const outcome = join(home, 'outcome.json')
  const run = (fault: string, mode = ''): Promise<ChildEnd> => runChild([folder, calls, outcome, mode], fault)
  return {
    folder,
    run,
    async finish({ kills = 1, mode = '' } = {}) {
      const end = await run('', mode)
      if (end.code !== 0) return [`the process ended with ${end.code ?? end.signal}: ${end.stderr}`]
      const found = JSON.parse(await readFile(outcome, 'utf8')) as FaultOutcome // written by the child
      const texts = (await readFile(calls, 'utf8'))
        .trim()
        .split('\n')
        .map(line => String(JSON.parse(line)))
      return checkOutcome(ledger, found, texts, underWay * kills)
    },
    remove: () => rm(home, { recursive: true, force: true }),
  }
}

async function runChild(options: readonly string[], fault: string): Promise<ChildEnd> {
  await writeFile(String(options[1]), '', { flag: 'a' })
  const child = spawn(process.execPath, ['--import', 'tsx', childFile, ...options], {
    env: { ...process.env, NODE_ENV: 'test', FAULT: fault },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stderr })
    })
  })
}
