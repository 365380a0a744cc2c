import type { OffsetRange } from '../schemas/position.ts'
import { around } from './around.ts'
import type { JobContext } from './context.ts'
import { backlog, positions, take, type Marks, type Taken } from './take.ts'

/** Bytes of one batch: with large records a batch ends before it has its number. */
const batchBytes = 16 * 1024 * 1024
/** How often a batch that is not full looks for more, milliseconds. */
const lookMs = 20
/** How long an idle pipeline sleeps at most before it looks whether its source has ended, milliseconds. */
const idleMs = 500

/**
 * The next micro-batch: full, or as much as came within the waiting time.
 * Undefined when the intake was stopped, or when the source has ended and all of it is planned.
 */
export async function nextCut(context: JobContext, marks: Marks, intake: AbortSignal): Promise<Taken | undefined> {
  const { clock, stream } = context.services
  const { batchSize, batchWaitMs } = context.pipeline.settings
  let since: number | undefined
  while (!intake.aborted) {
    // Asked before the ends are: what the source appended before it ended is then seen below.
    const ended = since === undefined && (await sourceHasEnded(context))
    const info = await stream.describe(context.topic)
    const waiting = info === undefined ? 0 : sum(backlog(info, marks))
    if (info !== undefined && waiting > 0) {
      since ??= clock.monotonic()
      const left = batchWaitMs - (clock.monotonic() - since)
      if (waiting >= batchSize || left <= 0) {
        const taken = await around(context.services.faults, 'read', () =>
          take(stream, context.topic, info, marks, { records: batchSize, bytes: batchBytes }),
        )
        for (const gap of taken.gaps) reportGap(context, gap)
        return taken
      }
      await clock.sleep(Math.min(left, lookMs), intake).catch(ignoreAbort)
    } else if (ended) {
      return undefined
    } else if (info === undefined) {
      await clock.sleep(idleMs, intake).catch(ignoreAbort)
    } else {
      await stream.wait(context.topic, positions(info, marks), idleMs, intake)
    }
  }
  return undefined
}

async function sourceHasEnded(context: JobContext): Promise<boolean> {
  const source = await context.records.sources.get(context.pipeline.source)
  return source?.status === 'finished' && source.incarnation === context.pipeline.incarnation
}

/** The intake was stopped while it slept: the loop sees that itself. */
function ignoreAbort(): void {}

function reportGap(context: JobContext, gap: OffsetRange): void {
  const { telemetry } = context.services
  const count = gap.to - gap.from
  telemetry.count('pipeline_gaps', count, { pipeline: context.pipeline.id })
  telemetry.log(
    'error',
    `pipeline ${context.pipeline.id}: ${count} records were removed by retention before they were read`,
    { ...gap },
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
