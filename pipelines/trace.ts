import type { Run } from '../schemas/run.ts'
import type { TracePolicy } from '../schemas/pipeline.ts'

/** Share of the successful runs that are kept under `errors-and-sample`. */
const sampleShare = 0.01

/** Does the run go into the tables of runs, node runs and model calls? `payloadHash` decides the sample, so that a rerun keeps the same. */
export function keepsTrace(policy: TracePolicy, run: Run, payloadHash: string): boolean {
  if (policy === 'full') return true
  if (policy === 'none') return false
  const failed = run.status !== 'succeeded' || run.exceptions > 0
  return failed || Number.parseInt(payloadHash.slice(0, 8), 16) < sampleShare * 0x1_0000_0000
}
