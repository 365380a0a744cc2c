import { pathToFileURL } from 'node:url'
import { performance } from 'node:perf_hooks'
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { classifyText } from '../connectors/models/local/classify.ts'
import { decodeModel } from '../connectors/models/local/model-blob.ts'
import { trainClassifier } from '../connectors/models/local/train.ts'
import { demoHistory, demoTrainingRows } from '../demo/index.ts'
import { normalise } from '../engine/risk/normalise.ts'
import type { Sample } from '../schemas/sample-set.ts'

// Times of the wall, and of the processor where other work on the machine would blur them.
/** Folder of the COLD data set (train.csv, dev.csv, test.csv), when it is at hand: `npx tsx bench/classifier.ts FOLDER`. */
const cold = process.argv[2] === undefined ? undefined : pathToFileURL(`${process.argv[2]}/`)

function timed<Result>(work: () => Result): { result: Result; seconds: number; cpu: number } {
  const start = performance.now()
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  return { result, seconds: (performance.now() - start) / 1_000, cpu: (user + system) / 1e6 }
}

function quantiles(texts: readonly string[], work: (text: string) => unknown): string {
  for (const text of texts) work(text)
  const times = texts.map(text => {
    const start = performance.now()
    work(text)
    return (performance.now() - start) * 1_000
  })
  times.sort((one, other) => one - other)
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(0)
  return `p50 ${at(0.5)} µs, p95 ${at(0.95)} µs`
}

function train(name: string, samples: readonly Sample[]) {
  const { result, seconds, cpu } = timed(() => trainClassifier(samples))
  const { quality, calibration, rows, bytes } = result.report
  console.log(
    `${name}: ${rows.train} rows trained in ${seconds.toFixed(1)} s (${cpu.toFixed(1)} s of processor), ${(bytes / 1e6).toFixed(2)} MB`,
  )
  console.log(
    `  test (${rows.test}): accuracy ${quality.accuracy.value?.toFixed(4)}, macro-F1 ${quality.macroF1.toFixed(4)}`,
  )
  const { before, after } = calibration
  console.log(
    `  ECE ${before.ece.toFixed(3)} → ${after.ece.toFixed(3)}, log loss ${before.logLoss.toFixed(3)} → ${after.logLoss.toFixed(3)}, temperature ${calibration.temperature.toFixed(2)}`,
  )
  return result
}

const options = { seed: 7, to: Date.parse('2026-11-24T10:30:00Z'), days: 7, count: 60_000, utcOffsetMinutes: 480 }
const generated = timed(() => Array.from(demoHistory(options)))
console.log(
  `generator: ${Math.round(generated.result.length / generated.seconds)} events/s (${Math.round(generated.result.length / generated.cpu)} by processor time)`,
)

const trained = train('demonstration', demoTrainingRows(7))
const model = decodeModel(trained.bytes, 'demonstration')
const short = generated.result.slice(0, 5_000).map(event => String(event.data['text']))
const sixty = short.map(text => text.repeat(4).slice(0, 60))
console.log(`normalise, 60 characters: ${quantiles(sixty, normalise)}`)
console.log(`classify, 60 characters: ${quantiles(sixty, text => classifyText(model, 1, text, false))}`)
console.log(`classify with evidence, 60 characters: ${quantiles(sixty, text => classifyText(model, 1, text, true))}`)
console.log(
  `classify with evidence, texts of the demonstration: ${quantiles(short, text => classifyText(model, 1, text, true))}`,
)

if (cold !== undefined && existsSync(cold)) {
  const read = (split: Sample['split']): Sample[] => {
    // A CSV file with a header: its rows are objects of strings.
    const rows = parse(readFileSync(new URL(`${split}.csv`, cold)), { bom: true, columns: true }) as {
      TEXT: string
      label: string
    }[]
    return rows.map((row, index) => ({ id: `${split}-${index}`, text: row.TEXT, label: row.label, split }))
  }
  train('COLD', [...read('train'), ...read('dev'), ...read('test')])
}
