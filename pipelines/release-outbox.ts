import { codeOf } from '../engine/error.ts'
import type { OutboxItem } from '../engine/ports/records.ts'
import type { Plan } from '../schemas/plan.ts'
import { around } from './around.ts'
import type { JobContext } from './context.ts'

/** Clocks of the log and of this process may differ by so much, milliseconds. */
const clockMarginMs = 60_000
const readRecords = 1_000

/**
 * Writes the plan’s dead letters and takes them out of the outbox.
 *
 * @param lookFirst an earlier attempt may have written them: the end of the topic is searched for their keys
 */
export async function releaseOutbox(context: JobContext, plan: Plan, lookFirst: boolean): Promise<void> {
  const { faults, stream, telemetry } = context.services
  const items = await context.records.plans.outbox(plan.id)
  if (items.length === 0) return
  const written = lookFirst ? await keysWrittenSince(context, plan.createdAt - clockMarginMs) : new Set<string>()
  const missing = items.filter(item => !written.has(item.key))
  if (missing.length > 0) {
    await around(faults, 'dead-letter-write', () => stream.append(context.deadLetterTopic, missing.map(recordOf)))
    telemetry.count('pipeline_dead_letters', missing.length, { pipeline: context.pipeline.id })
  }
  await around(faults, 'outbox', () =>
    context.records.plans.releaseOutbox(
      plan.id,
      items.map(item => item.id),
    ),
  )
}

function recordOf(item: OutboxItem): { key: string; value: Uint8Array; headers: Record<string, string> } {
  return { key: item.key, value: Buffer.from(item.payload), headers: { 'content-type': 'application/json' } }
}

async function keysWrittenSince(context: JobContext, time: number): Promise<Set<string>> {
  const { stream } = context.services
  const keys = new Set<string>()
  const info = await stream.describe(context.deadLetterTopic)
  for (let partition = 0; partition < (info?.partitions ?? 0); partition += 1) {
    let at = await stream.offsetAt(context.deadLetterTopic, partition, time)
    for (;;) {
      const records = await stream
        .read(context.deadLetterTopic, partition, at, { records: readRecords })
        .catch(endOfTopic)
      for (const record of records) if (record.key !== null) keys.add(record.key)
      const last = records.at(-1)
      if (last === undefined) break
      at = last.offset + 1
    }
  }
  return keys
}

/** Retention may take a segment between two reads; it holds nothing as young as what is searched. */
function endOfTopic(error: unknown): [] {
  if (codeOf(error) !== 'offset-out-of-range') throw error
  return []
}
