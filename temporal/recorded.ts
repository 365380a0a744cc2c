import { RiskloomError } from '../engine/error.ts'
import type { CompletedFrame } from './frames.ts'

/** A recorded result of a node, as a frame keeps it. */
export type Recorded = Pick<CompletedFrame, 'node' | 'attempt' | 'outcome' | 'startedAt' | 'elapsedMs' | 'at'>

/** The journal says something that the interpreter would not do now: the run must wait for the program that wrote it. */
export function diverged(runId: string, result: Recorded): RiskloomError {
  const message = `the journal of run ${runId} has a result of node ${result.node} (try ${result.attempt}) that the run does not ask for`
  return new RiskloomError('corrupt-data', message, { details: { runId, node: result.node, attempt: result.attempt } })
}
