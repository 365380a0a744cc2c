import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** One recorded run of a workflow application. */
export interface GoldenRun {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly status: string
  readonly outputs: Readonly<Record<string, unknown>>
  readonly error: string | null
  /** Data of the recorded node_finished events, streaming runs only. */
  readonly nodes: readonly Readonly<Record<string, unknown>>[]
}

const folder = new URL('../../../shared/golden/dify/', import.meta.url)

/** The recordings lie outside the repository and may be absent. */
export const haveGolden = existsSync(fileURLToPath(folder))

/** The `data` block of the first node of a type. */
export function goldenNode(name: string, type: string): Record<string, unknown> {
  const text = readFileSync(fileURLToPath(new URL(`${name}/app.yml`, folder)), 'utf8')
  const document = parse(text) as { workflow: { graph: { nodes: { data: Record<string, unknown> }[] } } } // our recordings
  const node = document.workflow.graph.nodes.find(({ data }) => data['type'] === type)
  if (!node) throw new Error(`${name} has no node of type ${type}`)
  return node.data
}

interface Recording {
  readonly request: { readonly body: { readonly inputs: Record<string, unknown> } }
  readonly body?: {
    readonly data?: {
      readonly status: string
      readonly outputs: Record<string, unknown>
      readonly error: string | null
    }
  }
  readonly events?: readonly { readonly event?: string; readonly data?: Record<string, unknown> }[]
}

/** A recorded run: `run0.blocking`, `run0.streaming`. */
export function goldenRun(name: string, run: string): GoldenRun {
  const text = readFileSync(fileURLToPath(new URL(`${name}/${run}.json`, folder)), 'utf8')
  const recording = JSON.parse(text) as Recording // our recordings
  const events = recording.events ?? []
  return {
    inputs: recording.request.body.inputs,
    status: recording.body?.data?.status ?? '',
    outputs: recording.body?.data?.outputs ?? {},
    error: recording.body?.data?.error ?? null,
    nodes: events.filter(({ event }) => event === 'node_finished').map(({ data }) => data ?? {}),
  }
}
