import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tenant } from '../../connectors/records/database.ts'
import { now, recordsCases, samplePipeline, samplePlan, type RecordsFixture } from '../support/records-fixture.ts'

/** Read before a workspace is known. */
const outside = ['workspaces', 'members', 'login_links', 'sessions', 'api_keys']

describe.each(recordsCases)('records, tenancy and migrations: $name', ({ open }) => {
  let fixture: RecordsFixture

  beforeAll(async () => {
    fixture = await open()
    for (const id of ['one', 'two']) await fill(fixture, id)
  })
  afterAll(() => fixture.close())

  it('forces row-level security on every table of a workspace, whose key starts with it', async () => {
    const tables = await fixture.database.tenant(null).query(
      `SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS forced,
         (SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
          WHERE indrelid = pg_class.oid AND indisprimary) AS first
       FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'workspace_id'
       WHERE relkind = 'r' AND relnamespace = 'riskloom'::regnamespace ORDER BY relname`,
    )
    expect(tables.filter(table => table['forced'] !== true).map(table => table['name'])).toEqual([...outside].sort())
    expect(tables.filter(table => table['first'] !== 'workspace_id')).toEqual([])
    expect(tables).toHaveLength(outside.length + 13)
  })

  it('shows a raw query under one workspace nothing of another, and without one nothing at all', async () => {
    const tables = await tenantTables(fixture.database.tenant(null))
    for (const table of tables.map(String)) {
      const rows = await fixture.database.tenant('one').query(`SELECT workspace_id FROM ${table}`)
      expect([table, new Set(rows.map(row => row['workspace_id']))]).toEqual([table, new Set(['one'])])
      expect([table, await fixture.database.tenant(null).query(`SELECT * FROM ${table}`)]).toEqual([table, []])
      expect([
        table,
        await fixture.database.tenant('one').query(`SELECT * FROM ${table} WHERE workspace_id = 'two'`),
      ]).toEqual([table, []])
    }
  })

  it('refuses to write into another workspace, or into none', async () => {
    const one = fixture.database.tenant('one')
    const insert = 'INSERT INTO source_incarnations (workspace_id, name, incarnation) VALUES'
    await expect(one.query(`${insert} ('two', 'smuggled', 1)`)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(one.query("UPDATE sources SET workspace_id = 'two'")).rejects.toMatchObject({ code: 'forbidden' })
    await expect(
      fixture.database.tenant(null).query("INSERT INTO source_incarnations (name, incarnation) VALUES ('lost', 1)"),
    ).rejects.toMatchObject({ code: 'forbidden' })
    expect(await one.query("DELETE FROM claims WHERE workspace_id = 'two' RETURNING 1")).toEqual([])
    await expect(one.query('SET LOCAL row_security = off; SELECT * FROM sources')).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('keeps concurrent workspaces apart on few connections', async () => {
    const seen = await Promise.all(
      Array.from({ length: 60 }, async (_, turn) => {
        const id = turn % 2 === 0 ? 'one' : 'two'
        const rows = await fixture.database.tenant(id).query('SELECT DISTINCT workspace_id FROM sources')
        return rows.map(row => row['workspace_id']).join() === id
      }),
    )
    expect(seen).not.toContain(false)
  })

  it('leaves no setting behind when a transaction fails', async () => {
    const one = fixture.database.tenant('one')
    await expect(one.transaction(queries => queries.query('SELECT 1 / 0'))).rejects.toMatchObject({
      code: 'invalid-request',
    })
    const rows = await fixture.database.tenant('two').query('SELECT DISTINCT workspace_id FROM sources')
    expect(rows).toEqual([{ workspace_id: 'two' }])
  })

  it('repeats a transaction that PostgreSQL asks to repeat', async () => {
    const tenant = fixture.database.tenant('one')
    let tries = 0
    await tenant.transaction(async queries => {
      tries += 1
      if (tries < 3)
        await queries.query("DO $$ BEGIN RAISE EXCEPTION 'try again' USING ERRCODE = 'serialization_failure'; END $$")
    })
    expect(tries).toBe(3)
  })

  // last: it takes the tables away
  it('goes down to nothing and up again', async () => {
    const { records } = fixture
    expect(await records.migrate()).toEqual({ applied: [], reverted: [] })
    expect(await records.migrate(2)).toEqual({ applied: [], reverted: [4, 3] })
    expect((await records.migrations()).map(({ applied }) => applied)).toEqual([true, true, false, false])
    expect(await records.migrate(0)).toEqual({ applied: [], reverted: [2, 1] })
    await expect(records.access.workspaces()).rejects.toMatchObject({ code: 'records-unavailable' })
    const answers = await Promise.all([records.migrate(), records.migrate()])
    expect(answers.flatMap(({ applied }) => applied)).toEqual([1, 2, 3, 4])
    expect(await records.access.workspaces()).toEqual([])
    await fill(fixture, 'one')
    await expect(records.migrate(99)).rejects.toMatchObject({ code: 'invalid-request' })
  })
})

async function tenantTables(tenant: Tenant): Promise<unknown[]> {
  const rows = await tenant.query(
    `SELECT relname AS name FROM pg_class
     WHERE relkind = 'r' AND relforcerowsecurity AND relnamespace = 'riskloom'::regnamespace`,
  )
  return rows.map(row => row['name'])
}

/** One row at least in every table. */
async function fill(fixture: RecordsFixture, id: string): Promise<void> {
  const workspace = await fixture.workspace(id)
  await workspace.pipelines.create(samplePipeline('reports'))
  await workspace.plans.create(samplePlan(1, 0, '0:0-5'))
  await workspace.plans.seal(samplePlan(1, 0).id, 0, 'a'.repeat(64), [
    { id: 'o', kind: 'dead-letter', key: 'k', payload: '{}' },
  ])
  await workspace.plans.claim('posts', 1, [{ hash: 'a'.repeat(32), partition: 0, offset: 0, at: now }], 1000)
  const text = { 'zh-CN': 'a', en: 'a' }
  await workspace.policies.add({
    id: 'spam',
    title: text,
    text,
    clauses: [{ id: 'c', text, severity: 1 }],
    author: '',
    note: '',
  })
  await workspace.samples.add({ name: 's', rows: 0, labels: [], blob: '', provenance: '', createdAt: now })
  await workspace.models.addClassifier({
    name: 'c',
    blob: '',
    hash: '',
    sampleSet: 's',
    sampleSetVersion: 1,
    report: '{}',
    createdAt: now,
  })
  await workspace.models.save({
    kind: 'llm',
    name: 'm',
    provider: 'p',
    baseUrl: '',
    apiKeySealed: null,
    promptPrice: null,
    completionPrice: null,
  })
}
