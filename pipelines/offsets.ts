import type { Plan } from '../schemas/plan.ts'
import { around } from './around.ts'
import type { JobContext } from './context.ts'

/** Commits, per partition, the offset below which every event is terminal. */
export interface Offsets {
  started(plan: Plan): void
  /** Commits what an earlier process had finished and did not live to commit. Every open plan was announced before. */
  resumed(): Promise<void>
  /** Resolves when what this plan made contiguous is committed. */
  finished(plan: Plan): Promise<void>
}

/** Name of a pipeline’s consumer group on its source’s topic. */
export function groupOf(pipeline: string): string {
  return `pipelines.${pipeline}`
}

export function createOffsets(context: JobContext, planned: ReadonlyMap<number, number>): Offsets {
  const open = new Set<Plan>()
  const ends = new Map(planned)
  let committing: Promise<void> | undefined

  async function commit(): Promise<void> {
    const { faults, stream } = context.services
    const offsets = contiguous(ends, open)
    if (offsets.length === 0) return
    await around(faults, 'offset-commit', () =>
      stream.groups.commit(context.topic, groupOf(context.pipeline.id), offsets),
    )
  }

  async function commitInTurn(): Promise<void> {
    // One commit at a time, else an older one could overtake a newer one. Who waits here is served by the next.
    while (committing !== undefined) await committing.catch(() => undefined)
    committing = context.retry('commit offsets', commit, context.signal).finally(() => {
      committing = undefined
    })
    await committing
  }

  return {
    started(plan) {
      open.add(plan)
      for (const range of plan.ranges) ends.set(range.partition, Math.max(ends.get(range.partition) ?? 0, range.to))
    },
    resumed: commitInTurn,
    async finished(plan) {
      open.delete(plan)
      await commitInTurn()
    },
  }
}

/** Per partition the beginning of the first open range, or the end of all that was planned. */
export function contiguous(
  ends: ReadonlyMap<number, number>,
  open: Iterable<Plan>,
): { partition: number; offset: number }[] {
  const result = new Map(ends)
  for (const plan of open) {
    for (const range of plan.ranges)
      result.set(range.partition, Math.min(result.get(range.partition) ?? range.from, range.from))
  }
  return [...result].map(([partition, offset]) => ({ partition, offset }))
}
