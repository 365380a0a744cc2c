import type { Claim } from '../../../engine/ports/records.ts'
import type { Queries, Row } from '../database.ts'
import { compareHolders, ownerOf, type Holder } from './claim-owner.ts'

/** A stream of one workspace’s source, and how long an id belongs to its first position. */
interface Scope {
  readonly source: string
  readonly incarnation: number
  readonly windowMs: number
}

interface Waiting {
  readonly claim: Claim
  readonly place: number
}

/** Rows deleted by one statement: keeps locks short and the vacuum's work in pieces. */
const pruneStep = 20_000

export async function claim(
  queries: Queries,
  source: string,
  incarnation: number,
  claims: readonly Claim[],
  windowMs: number,
): Promise<{ partition: number; offset: number }[]> {
  const owners: { partition: number; offset: number }[] = claims.map(({ partition, offset }) => ({ partition, offset }))
  const scope = { source, incarnation, windowMs }
  let waiting = windowMs > 0 ? grouped(claims) : []
  // A round settles all claims of an id that lie in one window: more than one round only when a batch spans several.
  while (waiting.length > 0) waiting = await round(queries, scope, waiting, owners)
  return owners
}

/** Claims by id, ids in order: statements that insert the same ids lock them in the same order and never deadlock. */
function grouped(claims: readonly Claim[]): Waiting[][] {
  const groups = new Map<string, Waiting[]>()
  claims.forEach((claim, place) => {
    const group = groups.get(claim.hash)
    if (group === undefined) groups.set(claim.hash, [{ claim, place }])
    else group.push({ claim, place })
  })
  for (const group of groups.values()) {
    if (group.length > 1) group.sort((left, right) => compareHolders(left.claim, right.claim))
  }
  return [...groups.keys()].sort().map(hash => groups.get(hash) ?? [])
}

/** Claims the first of each id, then settles whoever falls to a known owner; the rest waits for the next round. */
async function round(
  queries: Queries,
  scope: Scope,
  waiting: readonly Waiting[][],
  owners: { partition: number; offset: number }[],
): Promise<Waiting[][]> {
  const firsts = waiting.flatMap(group => group.slice(0, 1)).map(({ claim }) => claim)
  const taken = await take(queries, scope, firsts)
  const refused = firsts.filter(({ hash }) => !taken.has(hash))
  const holders = refused.length > 0 ? await readHolders(queries, scope, refused) : new Map<string, Holder[]>()
  for (const first of firsts) if (taken.has(first.hash)) holders.set(first.hash, [first])
  return waiting.map(group => settle(group, holders, scope.windowMs, owners)).filter(group => group.length > 0)
}

function settle(
  group: readonly Waiting[],
  holders: ReadonlyMap<string, readonly Holder[]>,
  windowMs: number,
  owners: { partition: number; offset: number }[],
): Waiting[] {
  return group.filter(({ claim, place }) => {
    const owner = ownerOf(claim, holders.get(claim.hash) ?? [], windowMs)
    if (owner !== undefined) owners[place] = { partition: owner.partition, offset: owner.offset }
    return owner === undefined
  })
}

/** Inserts, or takes over where the window of the owner is over; returns the hashes that it got. */
async function take(queries: Queries, scope: Scope, claims: readonly Claim[]): Promise<Set<string>> {
  const hashes = claims.map(({ hash }) => hash)
  // The hashes come back only when some were refused: reading a thousand rows costs as much as writing them.
  const [row] = await queries.query(
    `WITH taken AS (
       INSERT INTO claims AS held (source, incarnation, hash, partition, record_offset, at)
       SELECT $1, $2, new.* FROM unnest($4::uuid[], $5::integer[], $6::bigint[], $7::bigint[]) AS new
       ON CONFLICT (workspace_id, source, incarnation, hash) DO UPDATE SET
         partition = excluded.partition, record_offset = excluded.record_offset, at = excluded.at,
         earlier = held.earlier || ARRAY[held.at, held.partition, held.record_offset]
       WHERE held.at <= excluded.at - $3::bigint
         AND (held.partition, held.record_offset) <> (excluded.partition, excluded.record_offset)
       RETURNING hash
     )
     SELECT CASE WHEN count(*) < cardinality($4::uuid[]) THEN replace(array_agg(hash)::text, '-', '') END AS hashes,
       count(*)::integer AS taken
     FROM taken`,
    [
      scope.source,
      scope.incarnation,
      scope.windowMs,
      hashes,
      claims.map(({ partition }) => partition),
      claims.map(({ offset }) => offset),
      claims.map(({ at }) => at),
    ],
  )
  if (row?.['taken'] === claims.length) return new Set(hashes)
  // the text of an array: {hash,hash,…}, or nothing when none was taken
  const taken = row?.['hashes']
  return new Set(typeof taken === 'string' ? taken.match(/[0-9a-f]{32}/g) : [])
}

async function readHolders(queries: Queries, scope: Scope, claims: readonly Claim[]): Promise<Map<string, Holder[]>> {
  const rows = await queries.query(
    `SELECT replace(hash::text, '-', '') AS hash, to_json(earlier || ARRAY[at, partition, record_offset]) AS holders
     FROM claims WHERE source = $1 AND incarnation = $2 AND hash = ANY ($3::uuid[])`,
    [scope.source, scope.incarnation, claims.map(({ hash }) => hash)],
  )
  return new Map(rows.map(row => [String(row['hash']), holdersOf(row)]))
}

function holdersOf(row: Row): Holder[] {
  const flat = Array.isArray(row['holders']) ? row['holders'].map(Number) : []
  const holders: Holder[] = []
  for (let place = 0; place + 2 < flat.length; place += 3) {
    const [at = 0, partition = 0, offset = 0] = flat.slice(place, place + 3)
    holders.push({ at, partition, offset })
  }
  return holders
}

export async function pruneClaims(queries: Queries, olderThan: number): Promise<void> {
  let removed = pruneStep
  while (removed === pruneStep) {
    const rows = await queries.query(
      `WITH old AS (
         DELETE FROM claims WHERE ctid = ANY (ARRAY(SELECT ctid FROM claims WHERE minute <= $2 AND at < $1 LIMIT ${pruneStep})) RETURNING 1
       ) SELECT count(*)::integer AS removed FROM old`,
      [olderThan, Math.floor(olderThan / 60_000)],
    )
    removed = Number(rows[0]?.['removed'])
  }
}
