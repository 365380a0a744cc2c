import type { RunEvent } from '../schemas/run-event.ts'
import type { Run } from '../schemas/run.ts'
import type { AcceptedFrame } from './frames.ts'

/** The record of a run of which only its acceptance is known. */
export function acceptedRun(workspace: string, frame: AcceptedFrame): Run {
  return {
    v: 1,
    workspace,
    runId: frame.runId,
    appId: frame.appId,
    versionId: frame.versionId,
    purpose: frame.purpose,
    user: frame.user,
    status: 'running',
    inputs: frame.inputs,
    outputs: null,
    error: null,
    errorNode: null,
    verdict: null,
    startedAt: frame.at,
    finishedAt: null,
    elapsedMs: 0,
    steps: 0,
    exceptions: 0,
    tokens: 0,
    cost: 0,
    nodes: [],
    modelCalls: [],
  }
}

/** The same run, ended from outside: the interpreter could not bring it to its end. */
export function endedRun(run: Run, status: 'failed' | 'stopped', error: string, now: number): Run {
  return { ...run, status, error, finishedAt: now, elapsedMs: Math.max(0, now - run.startedAt) }
}

export function finishedEvent(run: Run, sequence: number): RunEvent {
  return {
    type: 'run-finished',
    sequence,
    at: run.finishedAt ?? run.startedAt,
    status: run.status,
    outputs: run.outputs,
    error: run.error,
    elapsedMs: run.elapsedMs,
    tokens: run.tokens,
    steps: run.steps,
    exceptions: run.exceptions,
  }
}

/** Events of an ended run as far as its record tells them: live text is gone, nodes appear in the order of their ends. */
export function eventsOfRun(run: Run): RunEvent[] {
  const events: RunEvent[] = [{ type: 'run-started', sequence: 1, at: run.startedAt, inputs: run.inputs }]
  for (const nodeRun of run.nodes) {
    const { id, nodeId, nodeType, title, startedAt, elapsedMs } = nodeRun
    events.push({ type: 'node-started', sequence: events.length + 1, at: startedAt, id, nodeId, nodeType, title })
    const at = Math.round(startedAt + elapsedMs)
    events.push({ type: 'node-finished', sequence: events.length + 1, at, nodeRun })
  }
  events.push(finishedEvent(run, events.length + 1))
  return events
}
