import type { NodeRun } from '../../schemas/node-run.ts'
import type { ModelCall } from '../../schemas/model-call.ts'
import type { GraphNode } from '../graph/graph.ts'
import type { NodeOutcome } from '../nodes/node.ts'
import type { ObjectValue } from '../values/value.ts'
import type { NodeFinished, RunState } from './state.ts'

const nothing: ObjectValue = {}

/** How an execution ended, after the error strategy had its say. */
export interface NodeEnd {
  readonly status: NodeRun['status']
  readonly outputs: ObjectValue
  readonly handle: string
}

/** The record of one execution of a node. */
export function nodeRunOf(state: RunState, node: GraphNode, completion: NodeFinished, end: NodeEnd): NodeRun {
  const { outcome } = completion
  const usage = usageOf(outcome.modelCalls)
  return {
    id: `${state.context.runId}:${node.id}`,
    nodeId: node.id,
    nodeType: node.type,
    title: node.title,
    index: state.completed + 1,
    status: end.status,
    inputs: outcome.inputs,
    processData: outcome.processData ?? nothing,
    outputs: end.outputs,
    error: outcome.ok ? null : outcome.error,
    errorType: outcome.ok ? null : outcome.errorType,
    handle: node.branching && end.status !== 'failed' ? end.handle : null,
    attempts: completion.attempt,
    startedAt: completion.startedAt,
    elapsedMs: completion.elapsedMs,
    tokens: usage.tokens,
    cost: usage.cost,
  }
}

const noUsage = { tokens: 0, cost: 0 }

/** Sums the model calls of an outcome. */
export function usageOf(calls: readonly ModelCall[] | undefined): { readonly tokens: number; readonly cost: number } {
  if (calls === undefined || calls.length === 0) return noUsage
  let [tokens, cost] = [0, 0]
  for (const call of calls) {
    tokens += call.promptTokens + call.completionTokens
    cost += call.cost
  }
  return { tokens, cost }
}

/** What follows from an outcome: outputs, status and the handle to leave on. */
export function endOf(node: GraphNode, outcome: NodeOutcome): NodeEnd {
  if (outcome.ok) return { status: 'succeeded', outputs: outcome.outputs, handle: outcome.handle ?? 'source' }
  if (node.errorStrategy === 'none') return { status: 'failed', outputs: outcome.outputs ?? nothing, handle: '' }
  const failure = { error_message: outcome.error, error_type: outcome.errorType }
  if (node.errorStrategy === 'fail-branch') return { status: 'exception', outputs: failure, handle: 'fail-branch' }
  return { status: 'exception', outputs: { ...node.defaultValue, ...failure }, handle: 'source' }
}
