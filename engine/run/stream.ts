import type { Graph, GraphNode } from '../graph/graph.ts'
import { isList } from '../values/object.ts'
import { markdownOf } from '../values/text.ts'
import type { Value } from '../values/value.ts'
import type { EventLog } from './events.ts'
import { readVariable } from './pool.ts'
import type { LiveText, RunState } from './state.ts'

/** The run has got to a node: the end nodes that are certain now may stream, in order. */
export function openStreams(state: RunState, node: GraphNode): void {
  for (const end of node.opens)
    if (!state.stream.opened.includes(end)) {
      state.stream.opened.push(end)
      state.stream.queue.push(end)
    }
}

/**
 * Sends what can be sent: segment by segment, up to the first variable that has no value yet.
 * A variable that never gets one holds the stream for good; one of a skipped node is passed over.
 */
export function flushStreams(graph: Graph, state: RunState, log: EventLog): void {
  const { stream } = state
  for (let end = stream.queue[0]; end !== undefined; end = stream.queue[0]) {
    const node = graph.nodes[end]
    const segments = node?.response ?? []
    while (stream.segment < segments.length) {
      const segment = segments[stream.segment]
      if (segment === undefined || node === undefined) return
      if (segment.kind === 'literal') log.textChunk(segment.text, [node.id, 'answer'])
      else if (!sendVariable(graph, state, segment.selector, log)) return
      stream.segment += 1
    }
    stream.queue.shift()
    stream.segment = 0
  }
}

/** False while the variable may still come. */
function sendVariable(graph: Graph, state: RunState, selector: readonly string[], log: EventLog): boolean {
  const source = graph.nodeIndex.get(selector[0] ?? '')
  if (source !== undefined && state.skipped[source] === true) return true
  const live = source === undefined ? undefined : state.stream.live[liveKey(source, selector[1] ?? '')]
  if (live !== undefined && selector.length === 2) sendLive(live, selector, log)
  // Before it has run, the start node's inputs are readable but not yet put out.
  const value =
    source !== undefined && state.outputs[source] === null ? undefined : readVariable(graph, state, selector)
  if (value === undefined) return false
  sendRest(value, selector.length === 2 ? live : undefined, selector, log)
  return true
}

function liveKey(node: number, output: string): string {
  return `${node}/${output}`
}

function sendLive(live: LiveText, selector: readonly string[], log: EventLog): void {
  // After a failed attempt that was already half sent, pieces wait: only the whole text can say what is missing.
  if (live.abandoned !== '' || live.sent === live.text.length) return
  log.textChunk(live.text.slice(live.sent), selector)
  live.sent = live.text.length
}

/** What the reader has not seen of the final value. */
function sendRest(value: Value, live: LiveText | undefined, selector: readonly string[], log: EventLog): void {
  const text = isList(value) && value.length === 0 ? '' : markdownOf(value)
  const seen = live === undefined ? '' : live.abandoned + live.text.slice(0, live.sent)
  if (seen === '') log.textChunk(text, selector)
  else if (text !== seen) log.textChunk(text.startsWith(seen) ? text.slice(seen.length) : text, selector)
}

/** A piece of a node’s output arrived before its end. */
export function takeText(state: RunState, node: number, output: string, text: string): void {
  const key = liveKey(node, output)
  const live = (state.stream.live[key] ??= { text: '', sent: 0, abandoned: '' })
  live.text += text
}

/** The node starts over: what it sent so far stands in the reader’s view. */
export function abandonText(state: RunState, node: number): void {
  for (const [key, live] of Object.entries(state.stream.live)) {
    if (!key.startsWith(`${node}/`)) continue
    live.abandoned ||= live.text.slice(0, live.sent)
    live.text = ''
    live.sent = 0
  }
}
