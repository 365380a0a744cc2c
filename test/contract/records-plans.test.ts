import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Claim, PlanRecords, WorkspaceRecords } from '../../engine/ports/records.ts'
import { now, recordsCases, samplePipeline, samplePlan, type RecordsFixture } from '../support/records-fixture.ts'

const hash = (digit: string) => digit.repeat(64)
const item = (id: string) => ({ id, kind: 'dead-letter', key: `key-${id}`, payload: '{"a":"\\u0000"}' }) as const
const day = 86_400_000

describe.each(recordsCases)('records, plans and claims: $name', ({ open }) => {
  let fixture: RecordsFixture
  let workspaces = 0

  beforeAll(async () => {
    fixture = await open()
  })
  afterAll(() => fixture.close())

  /** A workspace of its own with a pipeline `reports` at epoch 1. */
  async function fresh(): Promise<WorkspaceRecords> {
    const workspace = await fixture.workspace(`w${(workspaces += 1)}`)
    await workspace.pipelines.create(samplePipeline('reports'))
    await workspace.pipelines.takeOver('reports')
    return workspace
  }

  it('plans from the marks on and counts what was planned', async () => {
    const { plans } = await fresh()
    expect(await plans.marks('reports')).toEqual(new Map())
    expect(await plans.counts('reports')).toEqual({ read: 0, inFlight: 0, ranges: [] })
    const first = await plans.create(samplePlan(1, 1, '0:10-20', '1:0-5'))
    expect(first).toMatchObject({
      v: 1,
      state: 'planned',
      sealHash: null,
      ranges: samplePlan(1, 1, '0:10-20', '1:0-5').ranges,
    })
    const second = await plans.create(samplePlan(2, 1, '0:20-30'))
    expect(await plans.marks('reports')).toEqual(new Map([[0, 30], [1, 5]])) // prettier-ignore
    expect(await plans.open('reports')).toEqual([first, second])
    expect(await plans.counts('reports')).toEqual({
      read: 25,
      inFlight: 25,
      ranges: [
        { partition: 0, from: 10, to: 30 },
        { partition: 1, from: 0, to: 5 },
      ],
    })
  })

  it('refuses a range that does not start at the mark and moves nothing then', async () => {
    const { plans } = await fresh()
    await plans.create(samplePlan(1, 1, '0:0-10'))
    for (const ranges of [['0:0-10'], ['0:11-12'], ['1:0-4', '0:5-20']]) {
      await expect(plans.create(samplePlan(2, 1, ...ranges))).rejects.toMatchObject({ code: 'fenced' })
    }
    expect(await plans.marks('reports')).toEqual(new Map([[0, 10]]))
    await expect(plans.create(samplePlan(2, 1, '0:10-9'))).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(plans.create(samplePlan(2, 1, '0:10-11', '0:11-12'))).rejects.toMatchObject({
      code: 'invalid-request',
    })
    await expect(plans.create({ ...samplePlan(2, 1, '0:10-11'), versionId: 'none' })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(await plans.marks('reports')).toEqual(new Map([[0, 10]]))
  })

  it('returns a plan whose creation is repeated, and keeps its id for it', async () => {
    const { plans } = await fresh()
    const plan = await plans.create(samplePlan(1, 1, '0:0-10'))
    expect(await plans.create(samplePlan(1, 1, '0:0-10'))).toEqual(plan)
    await expect(plans.create(samplePlan(1, 1, '0:10-20'))).rejects.toMatchObject({ code: 'conflict' })
    expect(await plans.marks('reports')).toEqual(new Map([[0, 10]]))
  })

  it('lets one of two planners have a range', async () => {
    const { plans } = await fresh()
    const results = await Promise.allSettled([1, 2, 3, 4].map(n => plans.create(samplePlan(n, 1, '0:0-10', '1:0-10'))))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await plans.counts('reports')).read).toBe(20)
    expect(await plans.open('reports')).toHaveLength(1)
  })

  it('fences older epochs from planning and sealing', async () => {
    const { plans, pipelines } = await fresh()
    const plan = await plans.create(samplePlan(1, 1, '0:0-10'))
    const epoch = await pipelines.takeOver('reports')
    await expect(plans.create(samplePlan(2, 1, '0:10-20'))).rejects.toMatchObject({ code: 'fenced' })
    await expect(plans.create(samplePlan(2, epoch + 1, '0:10-20'))).rejects.toMatchObject({ code: 'fenced' })
    await expect(plans.seal(plan.id, 1, hash('a'), [])).rejects.toMatchObject({ code: 'fenced' })
    expect(await plans.seal(plan.id, epoch, hash('b'), [])).toBe(hash('b'))
    await expect(plans.seal(plan.id, 1, hash('b'), [])).rejects.toMatchObject({ code: 'fenced' })
    await expect(plans.seal('none', epoch, hash('b'), [])).rejects.toMatchObject({ code: 'not-found' })
  })

  it('never lets a plan of an old epoch past a take-over that has returned', async () => {
    const { plans, pipelines } = await fresh()
    let from = 0
    for (let round = 1; round <= 10; round += 1) {
      const [planned] = await Promise.allSettled([
        plans.create(samplePlan(round, round, `0:${from}-${from + 1}`)),
        pipelines.takeOver('reports'),
      ])
      if (planned.status === 'fulfilled') from += 1
      else expect(planned.reason).toMatchObject({ code: 'fenced' })
      expect(await plans.marks('reports')).toEqual(from === 0 ? new Map() : new Map([[0, from]]))
      await expect(plans.create(samplePlan(100 + round, round, `0:${from}-${from + 1}`))).rejects.toMatchObject({
        code: 'fenced',
      })
    }
  })

  it('seals once: the first hash and its outbox hold for everybody', async () => {
    const { plans } = await fresh()
    const plan = await plans.create(samplePlan(1, 1, '0:0-10'))
    const hashes = await Promise.all(
      ['a', 'b', 'c', 'd'].map(digit => plans.seal(plan.id, 1, hash(digit), [item(`2${digit}`), item(`1${digit}`)])),
    )
    expect(new Set(hashes).size).toBe(1)
    const winner = hashes[0]?.[0] ?? ''
    expect(await plans.outbox(plan.id)).toEqual([item(`2${winner}`), item(`1${winner}`)])
    expect((await plans.open('reports'))[0]).toMatchObject({ state: 'sealed', sealHash: hash(winner) })
    await plans.releaseOutbox(plan.id, [`2${winner}`, 'unknown'])
    await plans.releaseOutbox(plan.id, [])
    expect(await plans.outbox(plan.id)).toEqual([item(`1${winner}`)])
  })

  it('stores nothing of a seal whose outbox cannot be stored', async () => {
    const { plans } = await fresh()
    const plan = await plans.create(samplePlan(1, 1, '0:0-10'))
    await expect(plans.seal(plan.id, 1, hash('a'), [item('x'), item('x')])).rejects.toMatchObject({ code: 'conflict' })
    expect((await plans.open('reports'))[0]?.state).toBe('planned')
    await expect(plans.seal(plan.id, 1, 'not a hash', [])).rejects.toMatchObject({ code: 'invalid-request' })
  })

  it('advances step by step, and repeats a step without complaint', async () => {
    const { plans } = await fresh()
    const plan = await plans.create(samplePlan(1, 1, '0:0-10'))
    await expect(plans.advance(plan.id, 'sealed', 'inserted')).rejects.toMatchObject({
      code: 'conflict',
      details: { value: 'planned' },
    })
    await plans.seal(plan.id, 1, hash('a'), [])
    await Promise.all([1, 2].map(() => plans.advance(plan.id, 'sealed', 'inserted')))
    expect(await plans.counts('reports')).toMatchObject({ read: 10, inFlight: 0 })
    expect(await plans.open('reports')).toHaveLength(1)
    await plans.advance(plan.id, 'inserted', 'done')
    await plans.advance(plan.id, 'sealed', 'inserted')
    expect(await plans.open('reports')).toEqual([])
    await expect(plans.advance('none', 'sealed', 'inserted')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('prunes done plans and old claims, not the sums', async () => {
    const { plans } = await fresh()
    const done = await plans.create(samplePlan(1, 1, '0:0-10'))
    const held = await plans.create(samplePlan(2, 1, '0:10-20'))
    await plans.create(samplePlan(3, 1, '0:20-30'))
    for (const [id, outbox] of [
      [done.id, []],
      [held.id, [item('x')]],
    ] as const) {
      // prettier-ignore
      await plans.seal(id, 1, hash('a'), outbox)
      await plans.advance(id, 'sealed', 'done')
    }
    const claims = [claimOf('a', 0, now - 1), claimOf('b', 1, now)]
    await plans.claim('posts', 1, claims, day)
    await plans.prune(now)
    expect(await plans.claim('posts', 1, [claimOf('a', 7, now), claimOf('b', 8, now)], day)).toEqual([
      { partition: 0, offset: 7 },
      { partition: 0, offset: 1 },
    ])
    await plans.prune(now + day)
    const rows = await fixture.database.tenant(`w${workspaces}`).query('SELECT id FROM plans ORDER BY id')
    expect(rows.map(row => row['id'])).toEqual([held.id, samplePlan(3, 1).id])
    expect(await plans.counts('reports')).toEqual({
      read: 30,
      inFlight: 10,
      ranges: [{ partition: 0, from: 0, to: 30 }],
    })
  })

  describe('claims', () => {
    let plans: PlanRecords
    beforeAll(async () => {
      plans = (await fresh()).plans
    })
    const claim = (claims: readonly Claim[], window = day) => plans.claim('posts', 1, claims, window)
    const offsets = async (...args: Parameters<typeof claim>) => (await claim(...args)).map(({ offset }) => offset)

    it('gives an id to its first position, in one batch and in the next', async () => {
      const id = randomId()
      expect(
        await offsets([
          { ...claimOf('', 5, now + 2), hash: id },
          { ...claimOf('', 6, now + 1), hash: id },
          { ...claimOf('', 4, now + 2), hash: id },
        ]),
      ).toEqual([6, 6, 6])
      expect(await offsets([{ ...claimOf('', 9, now), hash: id }])).toEqual([6])
      expect(await claim([])).toEqual([])
    })

    it('breaks ties by partition and offset', async () => {
      const id = randomId()
      const at = now
      const claims = [{ hash: id, partition: 1, offset: 0, at }, { hash: id, partition: 0, offset: 3, at }, { hash: id, partition: 0, offset: 2, at }] // prettier-ignore
      expect(await claim(claims)).toEqual(Array(3).fill({ partition: 0, offset: 2 }))
    })

    it('gives an id away when the window is over, and still answers the old claims as before', async () => {
      const id = randomId()
      const at = (offset: number, time: number) => ({ hash: id, partition: 0, offset, at: now + time })
      const claims = [at(0, 0), at(1, 999), at(2, 1000), at(3, 1500), at(4, 5000)]
      const answers: number[] = []
      for (const each of claims) answers.push(...(await offsets([each], 1000)))
      expect(answers).toEqual([0, 0, 2, 2, 4])
      for (const [index, each] of claims.entries()) expect(await offsets([each], 1000)).toEqual([answers[index]])
      expect(await offsets(claims, 1000)).toEqual(answers)
      const other = randomId()
      expect(
        await offsets(
          claims.toReversed().map(each => ({ ...each, hash: other })),
          1000,
        ),
      ).toEqual(answers.toReversed())
    })

    it('keeps sources and incarnations apart, and looks at nothing with a window of 0', async () => {
      const id = { ...claimOf('', 1, now), hash: randomId() }
      expect(await offsets([id])).toEqual([1])
      const second = { ...id, offset: 2 }
      expect(await plans.claim('posts', 2, [second], day)).toEqual([{ partition: 0, offset: 2 }])
      expect(await plans.claim('other', 1, [second], day)).toEqual([{ partition: 0, offset: 2 }])
      expect(await offsets([second], 0)).toEqual([2])
      expect(await offsets([second])).toEqual([1])
    })

    it('has one owner for each id however many claim at once', async () => {
      const ids = Array.from({ length: 200 }, randomId)
      const batches = Array.from({ length: 8 }, (_, partition) =>
        shuffled(ids).map((id, offset) => ({ hash: id, partition, offset, at: now + (offset % 7) })),
      )
      const answers = await Promise.all(batches.map(batch => claim(batch)))
      const owners = new Map<string, string>()
      for (const [batch, claims] of batches.entries()) {
        claims.forEach((each, place) => {
          const owner = JSON.stringify(answers[batch]?.[place])
          expect(owners.get(each.hash) ?? owner).toBe(owner)
          owners.set(each.hash, owner)
        })
      }
      expect(owners.size).toBe(200)
      expect(await Promise.all(batches.map(batch => claim(batch)))).toEqual(answers)
    })

    it('refuses a hash that is none', async () => {
      await expect(claim([{ ...claimOf('', 1, now), hash: 'short' }])).rejects.toMatchObject({
        code: 'invalid-request',
      })
    })
  })
})

function claimOf(digit: string, offset: number, at: number): Claim {
  return { hash: digit.repeat(32), partition: 0, offset, at }
}

function randomId(): string {
  return randomBytes(16).toString('hex')
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map(value => ({ value, key: Math.random() }))
    .sort((left, right) => left.key - right.key)
    .map(({ value }) => value)
}
