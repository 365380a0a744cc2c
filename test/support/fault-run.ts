import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ModelRecord } from '../../engine/ports/records.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { checkOutcome, fillTopic, partitions, type FaultOutcome, type LedgerEntry } from './fault-ledger.ts'
import type { ModelServer } from './model-server.ts'
import { streamFixture } from './stream-fixture.ts'
import { modelApp, recordedApp, triageModel } from './triage-app.ts'
import { openTwins } from './twins.ts'

const childFile = fileURLToPath(new URL('./fault-child.ts', import.meta.url))
const settings = { batchesInFlight: 2, concurrency: 2, batchWaitMs: 20, trace: 'full' as const }
/** Calls that two batches, each with two runs at a time, can have under way. */
export const underWay = settings.batchesInFlight * settings.concurrency
const patienceMs = 90_000

/** How large the case is, and who answers the app: a model where a server is given, otherwise the sandbox of the child. */
export interface FaultOptions {
  readonly batchSize: number
  readonly eventsEach: number
  readonly modelServer?: ModelServer
}

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
  finish(options?: { kills?: number; mode?: string; repeatsAllowed?: number }): Promise<string[]>
  remove(): Promise<void>
}

export async function prepareFaults(
  { batchSize, eventsEach, modelServer }: FaultOptions = { batchSize: 50, eventsEach: 90 },
): Promise<Prepared> {
  const root = await mkdtemp(join(tmpdir(), 'riskloom-faults-'))
  const template = join(root, 'template')
  const twins = await openTwins({ folder: template })
  const { records, stream } = twins.services
  const fixture = await streamFixture(twins.services, modelServer === undefined ? recordedApp() : modelApp())
  if (modelServer !== undefined) await records.workspace('acme').models.save(modelRecord(modelServer))
  const source = await fixture.addSource('posts', undefined, partitions)
  await fixture.streams.runner.stop()
  await fixture.addPipeline('posts-triage', source, { ...settings, batchSize })
  await records.workspace('acme').pipelines.setStatus('posts-triage', 'running', null)
  const ledger = await fillTopic(stream, topicOf.source(source), eventsEach)
  await twins.close()
  let cases = 0
  return {
    ledger,
    batchSize,
    async start() {
      cases += 1
      const home = join(root, `case-${cases}`)
      await cp(template, join(home, 'data'), { recursive: true })
      return faultCase(home, ledger, modelServer)
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

function modelRecord({ url }: ModelServer): ModelRecord {
  return { ...triageModel, kind: 'llm', baseUrl: url, apiKeySealed: null, promptPrice: null, completionPrice: null }
}

function faultCase(home: string, ledger: readonly LedgerEntry[], modelServer: ModelServer | undefined): FaultCase {
  const folder = join(home, 'data')
  const calls = join(home, 'calls.jsonl')
  const outcome = join(home, 'outcome.json')
  const before = modelServer?.calls.length
  const run = (fault: string, mode = ''): Promise<ChildEnd> =>
    runChild([folder, calls, outcome, mode, modelServer?.allow ?? ''], fault)
  const texts = async (): Promise<string[]> =>
    modelServer === undefined ? textsIn(calls) : modelServer.calls.slice(before).map(call => call.prompt)
  return {
    folder,
    run,
    async finish({ kills = 1, mode = '', repeatsAllowed = underWay * kills } = {}) {
      const end = await run('', mode)
      if (end.code !== 0) return [`the process ended with ${end.code ?? end.signal}: ${end.stderr}`]
      const found = JSON.parse(await readFile(outcome, 'utf8')) as FaultOutcome // written by the child
      return checkOutcome(ledger, found, await texts(), repeatsAllowed)
    },
    remove: () => rm(home, { recursive: true, force: true }),
  }
}

async function textsIn(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  return lines.map(line => String(JSON.parse(line)))
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
