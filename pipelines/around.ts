import type { Faults, FaultStep } from '../engine/ports/faults.ts'

/** Runs a step with the places around it where a test can make the process fail. */
export async function around<Result>(faults: Faults, step: FaultStep, work: () => Promise<Result>): Promise<Result> {
  if (!faults.active) return work()
  await faults.hit(step, 'before')
  const result = await work()
  await faults.hit(step, 'after')
  return result
}
