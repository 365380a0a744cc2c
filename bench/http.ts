/**
 * Runs by HTTP: a workflow of five nodes without a model, blocking, beside an empty route of the same server.
 * The load comes from another process, over connections that stay open. `npx tsx bench/http.ts`
 */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProduct } from '../test/support/product.ts'
import { endData, startData, templateData, workflowDocument } from '../test/support/workflow.ts'
import type { Load, Measured } from './http-load.ts'

const rounds = 3

const folder = await mkdtemp(join(tmpdir(), 'riskloom-bench-'))
const product = await startProduct({ dataFolder: join(folder, 'data') })
try {
  const file = join(folder, 'five.yml')
  await writeFile(file, fiveNodes())
  await product.cli('apps', 'import', file, '--publish')
  const { key } = (await product.cli('keys', 'create', '--app', 'test')).answer as { key: string }
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const run: Load['request'] = {
    method: 'POST',
    path: '/v1/workflows/run',
    headers,
    body: JSON.stringify({ inputs: { text: 'A text of some words' }, response_mode: 'blocking', user: 'u1' }),
  }
  const empty: Load['request'] = { method: 'GET', path: '/healthz', headers }
  await measure({ url: product.url, concurrency: 8, seconds: 3, request: run })
  for (const concurrency of [1, 8]) {
    const runs: Measured[] = []
    const floors: Measured[] = []
    const spent: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      floors.push(await measure({ url: product.url, concurrency, seconds: 3, request: empty }))
      const before = processorMs(product.pid)
      const measured = await measure({ url: product.url, concurrency, seconds: 5, request: run })
      runs.push(measured)
      spent.push((processorMs(product.pid) - before) / measured.count)
    }
    const floor = middle(floors)
    const found = middle(runs)
    const cost = spent.sort((left, right) => left - right)[Math.floor(rounds / 2)] ?? 0
    console.log(`concurrency ${concurrency}  empty route  ${line(floor)}`)
    console.log(
      `concurrency ${concurrency}  five nodes   ${line(found)}   p50 over the empty route ${(found.p50 - floor.p50).toFixed(2)} ms, processor time ${cost.toFixed(2)} ms a run`,
    )
  }
} finally {
  await product.stop()
  await rm(folder, { recursive: true, force: true })
}

/** Milliseconds of processor time that the server’s main process took so far; 0 where the system does not tell. */
function processorMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    // User and system time, in hundredths of a second.
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

function measure(load: Load): Promise<Measured> {
  const child = fork(fileURLToPath(new URL('./http-load.ts', import.meta.url)))
  return new Promise((resolve, reject) => {
    child.once('message', message => resolve(message as Measured)) // our own program
    child.once('exit', code => reject(new Error(`the load ended with ${code}`)))
    child.send(load)
  })
}

/** The round in the middle, by rate. */
function middle(measured: readonly Measured[]): Measured {
  const sorted = [...measured].sort((left, right) => left.perSecond - right.perSecond)
  const found = sorted[Math.floor(sorted.length / 2)]
  if (found === undefined) throw new Error('nothing was measured')
  return found
}

function line({ perSecond, p50, p95 }: Measured): string {
  return `${perSecond.toFixed(0).padStart(6)}/s  p50 ${p50.toFixed(2)} ms  p95 ${p95.toFixed(2)} ms`
}

function fiveNodes(): string {
  return workflowDocument(
    {
      start: startData('text'),
      upper: templateData('{{ t | upper }}', { t: 'start.text' }),
      choose: {
        type: 'if-else',
        cases: [
          {
            case_id: 'long',
            logical_operator: 'and',
            conditions: [
              {
                variable_selector: ['upper', 'output'],
                comparison_operator: 'contains',
                value: 'A',
                varType: 'string',
              },
            ],
          },
        ],
      },
      yes: templateData('has A: {{ t }}', { t: 'upper.output' }),
      end: endData({ yes: 'yes.output' }),
    },
    [
      { from: 'start', to: 'upper' },
      { from: 'upper', to: 'choose' },
      { from: 'choose', to: 'yes', handle: 'long' },
      { from: 'yes', to: 'end' },
    ],
  )
}
