import type { BatchItem } from '../engine/ports/durable.ts'
import type { Claim } from '../engine/ports/records.ts'
import type { StoredRecord } from '../engine/ports/stream.ts'
import { messageOf } from '../engine/error.ts'
import type { Plan } from '../schemas/plan.ts'
import { around } from './around.ts'
import type { JobContext } from './context.ts'
import { decode } from './decode.ts'
import { claimHash, itemKey, runIdOf } from './identity.ts'
import type { Item } from './item.ts'
import type { Mapping } from './mapping.ts'
import { dead } from './outcome.ts'

/** What of a batch goes on to a run, and everything that came in. */
export interface Prepared {
  readonly items: readonly Item[]
  readonly runs: readonly BatchItem[]
}

/** Decodes, filters, claims and maps the records of a plan. Doing it again gives the same. */
export async function prepare(
  context: JobContext,
  plan: Plan,
  records: readonly StoredRecord[],
  mapping: Mapping,
): Promise<Prepared> {
  const { faults } = context.services
  const items = await around(faults, 'decode', () =>
    Promise.resolve(records.map(record => decodeItem(context, record))),
  )
  await around(faults, 'claim', () => claimIds(context, items))
  return { items, runs: mapItems(plan, items, mapping) }
}

function decodeItem(context: JobContext, record: StoredRecord): Item {
  const { text, event, dead: unreadable } = decode(record)
  const ended = unreadable ?? (event === undefined ? undefined : context.filter(event))
  return { record, text, event, ended, result: undefined }
}

/** A repeat of an event id within the window ends here and points to the first. */
async function claimIds(context: JobContext, items: readonly Item[]): Promise<void> {
  const { source, incarnation, settings } = context.pipeline
  if (settings.duplicateWindowMs === 0) return
  const claiming: Item[] = []
  const claims: Claim[] = []
  for (const item of items) {
    if (item.event === undefined || item.ended !== undefined) continue
    const { partition, offset, timestamp } = item.record
    claiming.push(item)
    claims.push({ hash: claimHash(item.event.id), partition, offset, at: timestamp })
  }
  if (claims.length === 0) return
  const owners = await context.records.plans.claim(source, incarnation, claims, settings.duplicateWindowMs)
  claiming.forEach((item, index) => {
    const owner = owners[index]
    if (owner === undefined || itemKey(owner) === itemKey(item.record)) return
    const first = `${incarnation}/${itemKey(owner)}`
    item.ended = {
      kind: 'drop',
      code: 'duplicate',
      message: `the event id was received before, at ${first}`,
      duplicateOf: first,
    }
  })
}

function mapItems(plan: Plan, items: readonly Item[], mapping: Mapping): BatchItem[] {
  const runs: BatchItem[] = []
  for (const item of items) {
    if (item.event === undefined || item.ended !== undefined) continue
    try {
      runs.push({
        key: itemKey(item.record),
        runId: runIdOf(plan.id, item.record),
        inputs: mapping(item.event, item.text),
      })
    } catch (error) {
      item.ended = dead('invalid-event', `the event cannot be mapped to inputs: ${messageOf(error)}`)
    }
  }
  return runs
}
