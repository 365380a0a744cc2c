import type { NodeRun } from '../../schemas/node-run.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { GraphNode } from '../graph/graph.ts'
import type { ObjectValue } from '../values/value.ts'
import type { RunState } from './state.ts'

/** Collects the events of one step. Where events are off, nothing is made and nothing is kept. */
export class EventLog {
  readonly events: RunEvent[] = []
  private readonly state: RunState
  private readonly now: number

  constructor(state: RunState, now: number) {
    this.state = state
    this.now = now
  }

  get wanted(): boolean {
    return this.state.context.events
  }

  runStarted(inputs: ObjectValue): void {
    if (this.wanted) this.events.push({ type: 'run-started', ...this.stamp(), inputs })
  }

  nodeStarted(node: GraphNode, id: string): void {
    if (!this.wanted) return
    this.events.push({
      type: 'node-started',
      ...this.stamp(),
      id,
      nodeId: node.id,
      nodeType: node.type,
      title: node.title,
    })
  }

  textChunk(text: string, selector: readonly string[]): void {
    if (this.wanted) this.events.push({ type: 'text-chunk', ...this.stamp(), text, selector: [...selector] })
  }

  nodeRetried(nodeRun: NodeRun, retryIndex: number): void {
    if (this.wanted) this.events.push({ type: 'node-retried', ...this.stamp(), nodeRun, retryIndex })
  }

  nodeFinished(nodeRun: NodeRun): void {
    if (this.wanted) this.events.push({ type: 'node-finished', ...this.stamp(), nodeRun })
  }

  runFinished(elapsedMs: number): void {
    if (!this.wanted) return
    const { status, result, error, tokens, steps, exceptions } = this.state
    this.events.push({
      type: 'run-finished',
      ...this.stamp(),
      status,
      outputs: result,
      error,
      elapsedMs,
      tokens,
      steps,
      exceptions,
    })
  }

  private stamp(): { sequence: number; at: number } {
    this.state.sequence += 1
    return { sequence: this.state.sequence, at: this.now }
  }
}
