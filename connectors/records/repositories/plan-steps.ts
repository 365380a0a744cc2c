import { RiskloomError } from '../../../engine/error.ts'
import type { OutboxItem, PlanRecords } from '../../../engine/ports/records.ts'
import type { Plan } from '../../../schemas/plan.ts'
import type { Queries } from '../database.ts'
import { moveMarks } from './plan-marks.ts'
import { packRanges, planColumns, readPlan } from './plan-row.ts'

type NewPlan = Parameters<PlanRecords['create']>[0]

const order: readonly Plan['state'][] = ['planned', 'sealed', 'inserted', 'done']

/**
 * Takes a share of the pipeline’s row, which `takeOver` must change: a plan and a take-over never pass each other.
 * A plan that is here already is returned: its first answer was lost on the way.
 */
export async function create(queries: Queries, plan: NewPlan): Promise<Plan> {
  await holdEpoch(queries, plan.pipeline, plan.epoch)
  const [known] = await queries.query(`SELECT ${planColumns} FROM plans WHERE id = $1`, [plan.id])
  if (known !== undefined) return sameOrConflict(plan, readPlan(known))
  await moveMarks(queries, plan.pipeline, plan.ranges)
  const [row = {}] = await queries.query(
    `INSERT INTO plans (id, pipeline, epoch, version_id, ranges, positions, state, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'planned', $7) RETURNING ${planColumns}`,
    [plan.id, plan.pipeline, plan.epoch, plan.versionId, packRanges(plan.ranges), positionsOf(plan), plan.createdAt],
  )
  return readPlan(row)
}

export async function open(queries: Queries, pipeline: string): Promise<Plan[]> {
  const rows = await queries.query(
    `SELECT ${planColumns} FROM plans WHERE pipeline = $1 AND state <> 'done' ORDER BY created_at, id`,
    [pipeline],
  )
  return rows.map(readPlan)
}

/** One statement: seal and outbox stand or fall together, and whoever comes second waits for the row and changes nothing. */
export async function seal(
  queries: Queries,
  id: string,
  epoch: number,
  hash: string,
  outbox: readonly OutboxItem[],
): Promise<string> {
  const sealed = await queries.query(
    `WITH held AS (
       SELECT id FROM pipelines WHERE id = (SELECT pipeline FROM plans WHERE id = $1) AND epoch = $2 FOR SHARE
     ), sealed AS (
       UPDATE plans SET state = 'sealed', seal_hash = $3 FROM held
       WHERE plans.id = $1 AND plans.pipeline = held.id AND plans.state = 'planned'
       RETURNING plans.id
     ), stored AS (
       INSERT INTO outbox (plan_id, place, id, kind, key, payload)
       SELECT sealed.id, item.place, item.id, item.kind, item.key, item.payload
       FROM sealed, unnest($4::text[], $5::text[], $6::text[], $7::text[])
         WITH ORDINALITY AS item (id, kind, key, payload, place)
     )
     SELECT id FROM sealed`,
    [
      id,
      epoch,
      hash,
      outbox.map(item => item.id),
      outbox.map(item => item.kind),
      outbox.map(item => item.key),
      outbox.map(item => item.payload),
    ],
  )
  return sealed.length > 0 ? hash : earlierSeal(queries, id, epoch)
}

/** Repeating a step that was taken is no error: after a crash nobody knows whether the answer was lost or the step. */
export async function advance(queries: Queries, id: string, from: Plan['state'], to: Plan['state']): Promise<void> {
  const text = 'UPDATE plans SET state = $3 WHERE id = $1 AND state = $2 RETURNING id'
  if ((await queries.query(text, [id, from, to])).length > 0) return
  const [row] = await queries.query(`SELECT ${planColumns} FROM plans WHERE id = $1`, [id])
  if (row === undefined) throw new RiskloomError('not-found', `there is no plan "${id}"`)
  const { state } = readPlan(row)
  if (order.indexOf(state) >= order.indexOf(to)) return
  throw new RiskloomError('conflict', `plan ${id} is ${state}, not ${from}`, {
    details: { field: 'state', value: state },
  })
}

/** A plan whose outbox was not released stays. */
export async function prunePlans(queries: Queries, olderThan: number): Promise<void> {
  await queries.query(
    `DELETE FROM plans WHERE state = 'done' AND created_at < $1
     AND NOT EXISTS (SELECT 1 FROM outbox WHERE plan_id = plans.id)`,
    [olderThan],
  )
}

async function holdEpoch(queries: Queries, pipeline: string, epoch: number): Promise<void> {
  const [row] = await queries.query('SELECT epoch FROM pipelines WHERE id = $1 FOR SHARE', [pipeline])
  if (row === undefined) throw new RiskloomError('not-found', `there is no pipeline "${pipeline}"`)
  if (row['epoch'] !== epoch) throw fenced(pipeline, epoch, row['epoch'])
}

async function earlierSeal(queries: Queries, id: string, epoch: number): Promise<string> {
  const [row] = await queries.query(
    `SELECT plans.pipeline, plans.seal_hash AS hash, pipelines.epoch
     FROM plans JOIN pipelines ON pipelines.id = plans.pipeline WHERE plans.id = $1`,
    [id],
  )
  if (row === undefined) throw new RiskloomError('not-found', `there is no plan "${id}"`)
  if (row['epoch'] !== epoch || typeof row['hash'] !== 'string')
    throw fenced(String(row['pipeline']), epoch, row['epoch'])
  return row['hash']
}

function fenced(pipeline: string, epoch: number, newest: unknown): RiskloomError {
  return new RiskloomError('fenced', `pipeline ${pipeline}: epoch ${epoch} is not the newest (${String(newest)})`, {
    details: { pipeline, epoch, newest },
  })
}

function sameOrConflict(wanted: NewPlan, known: Plan): Plan {
  const same = known.pipeline === wanted.pipeline && known.epoch === wanted.epoch
  if (same && packRanges(known.ranges) === packRanges(wanted.ranges)) return known
  throw new RiskloomError('conflict', `plan id "${wanted.id}" is taken`, { details: { field: 'id', value: wanted.id } })
}

function positionsOf(plan: NewPlan): number {
  return plan.ranges.reduce((sum, range) => sum + range.to - range.from, 0)
}
