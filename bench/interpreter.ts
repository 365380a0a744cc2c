import { performance } from 'node:perf_hooks'
import { compile } from '../engine/graph/compile.ts'
import { readDocument } from '../engine/graph/document.ts'
import type { NodeServices } from '../engine/nodes/node.ts'
import { advance, type ExecuteOptions } from '../engine/run/execute.ts'
import { runOf } from '../engine/run/run-of.ts'
import { begin } from '../engine/run/step.ts'
import type { RunContext } from '../engine/run/state.ts'

/** Runs per second of the bare interpreter: the floor under every driver. Prints the median of five rounds. */
const document = `
version: 0.6.0
kind: app
app: {name: bench, mode: workflow}
workflow:
  graph:
    nodes:
      - {id: start, data: {type: start, title: Start, variables: [{variable: text, type: paragraph, required: true}, {variable: score, type: number}]}}
      - {id: tpl, data: {type: template-transform, title: Text, template: '{{ text | upper }}: {{ score }}', variables: [{variable: text, value_selector: [start, text]}, {variable: score, value_selector: [start, score]}]}}
      - {id: if, data: {type: if-else, title: If, cases: [{case_id: high, logical_operator: and, conditions: [{variable_selector: [start, score], comparison_operator: '≥', value: '0.5'}]}]}}
      - {id: decide, data: {type: decide, title: Decide, label_selector: [start, text], score_selector: [start, score], rules: [{min_score: 0.8, action: remove}], policies: [{label: spam, policy_id: p, clause_id: c}], reason: 'because {{#tpl.output#}}'}}
      - {id: end, data: {type: end, title: End, outputs: [{variable: action, value_selector: [decide, action]}, {variable: text, value_selector: [tpl, output]}]}}
    edges:
      - {source: start, target: tpl}
      - {source: tpl, target: if}
      - {source: if, target: decide, sourceHandle: high}
      - {source: if, target: end, sourceHandle: 'false'}
      - {source: decide, target: end}
`

const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() }
// The graph is pure: of all services its nodes only meet the clock.
const services = { clock } as unknown as NodeServices
const options: ExecuteOptions = {
  services,
  bindings: { models: [], classifiers: [], policies: [{ id: 'p', version: 3 }] },
  signal: new AbortController().signal,
}

const read = readDocument(document)
const compiled = read.document === null ? undefined : compile(read.document)
if (compiled?.ok !== true) throw new Error(JSON.stringify(compiled?.problems ?? read.error))
const { graph } = compiled

function run(context: RunContext): string {
  const progress = begin(graph, context, { text: 'spam', score: 0.93 }, Date.now())
  advance(graph, progress, options)
  return runOf(progress.state).status
}

function measure(name: string, events: boolean, traces: boolean): void {
  const context: RunContext = {
    workspace: 'w',
    runId: 'r',
    appId: 'a',
    versionId: 'v',
    purpose: 'live',
    user: '',
    events,
    traces,
  }
  const rates = Array.from({ length: 5 }, () => {
    const runs = 20_000
    const started = process.cpuUsage()
    for (let index = 0; index < runs; index += 1) if (run(context) !== 'succeeded') throw new Error('the run failed')
    const used = process.cpuUsage(started)
    return (used.user + used.system) / runs
  })
  const median = rates.sort((first, second) => first - second)[2] ?? 0
  process.stdout.write(`${name}: ${median.toFixed(1)} µs CPU a run, ${Math.round(1e6 / median)} runs/s\n`)
}

measure('without traces', false, false)
measure('with traces', false, true)
measure('with traces and events', true, true)
