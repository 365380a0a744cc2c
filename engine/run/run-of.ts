import type { Run } from '../../schemas/run.ts'
import type { RunState } from './state.ts'

/** The record of a run, at any time. Inputs and outputs are values: write them with `encodeJson`. */
export function runOf(state: RunState): Run {
  const { context } = state
  return {
    v: 1,
    workspace: context.workspace,
    runId: context.runId,
    appId: context.appId,
    versionId: context.versionId,
    purpose: context.purpose,
    user: context.user,
    status: state.status,
    inputs: state.inputs,
    outputs: state.result,
    error: state.error,
    errorNode: state.errorNode,
    verdict: state.verdict,
    startedAt: state.startedAt,
    finishedAt: state.finishedAt,
    elapsedMs: state.finishedAt === null ? 0 : state.finishedAt - state.startedAt,
    steps: state.steps,
    exceptions: state.exceptions,
    tokens: state.tokens,
    cost: state.cost,
    nodes: state.nodes,
    modelCalls: state.modelCalls,
  }
}
