import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtEntry } from '../../connectors/built-entry.ts'
import { analyticsAdapters } from '../../connectors/analytics/index.ts'
import type { Analytics, QueryParameter } from '../../engine/ports/analytics.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { decisionRow, encodeRows, retractionRow } from '../../engine/situation/rows.ts'
import { sampleDecision } from '../support/decisions.ts'

const silent: Telemetry = { log: () => {}, count: () => {}, gauge: () => {}, observe: () => {} }
const views = ['decisions_by_minute', 'decisions_by_hour', 'latency_by_hour']

/** Process ids of engines that this process owns. */
function children(): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap(line => {
    const [pid, parent] = line.trim().split(/\s+/)
    return Number(parent) === process.pid && line.includes('analytics/chdb/child') ? [Number(pid)] : []
  })
}

function batch(workspace: string, from: number, count: number): Uint8Array {
  return encodeRows(
    Array.from({ length: count }, (_, index) => decisionRow(sampleDecision({ workspace, offset: from + index }))),
  )
}

describe.each(analyticsAdapters.map(adapter => [adapter.engine, adapter] as const))(
  'analytics on %s',
  (_name, adapter) => {
    let folder: string
    let analytics: Analytics

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'riskloom-test-'))
      analytics = await adapter.open({ folder, telemetry: silent })
      await analytics.migrate()
    })
    afterAll(async () => {
      await analytics.close()
      await rm(folder, { recursive: true, force: true })
    })

    async function count(table: string, workspace: string): Promise<number> {
      const value = table === 'decisions' ? 'sum(sign)' : 'sum(decisions)'
      const sql = `SELECT ${value} AS n FROM ${table} WHERE workspace = {workspace:String}`
      const [row] = await analytics.query<{ n: number }>(workspace, { sql })
      return row?.n ?? Number.NaN
    }

    async function echo(value: QueryParameter, type: string): Promise<unknown> {
      const sql = `SELECT {value:${type}} AS value WHERE {workspace:String} != ''`
      const [row] = await analytics.query<{ value: unknown }>('echo', { sql, parameters: { value } })
      return row?.value
    }

    it('says what it is and that it works', async () => {
      await analytics.check()
      expect(analytics.engine).toBe(adapter.engine)
      expect(typeof analytics.shared).toBe('boolean')
    })

    it('migrates down and up again', async () => {
      const all = await analytics.migrations()
      expect(all.length).toBeGreaterThan(2)
      expect(all.every(migration => migration.applied)).toBe(true)
      expect(await analytics.migrate()).toEqual({ applied: [], reverted: [] })
      const { reverted } = await analytics.migrate(0)
      expect(reverted).toEqual(all.map(({ version }) => version).reverse())
      await expect(count('decisions', 'migrated')).rejects.toMatchObject({ code: 'analytics-failed' })
      const { applied } = await analytics.migrate()
      expect(applied).toEqual(all.map(({ version }) => version))
      expect(await count('decisions', 'migrated')).toBe(0)
      await expect(analytics.migrate(99)).rejects.toMatchObject({ code: 'invalid-request' })
    })

    it('takes a batch once, however often it is sent, in tables and views', async () => {
      const rows = batch('tokens', 0, 500)
      await analytics.insert('decisions', rows, 'tokens-1')
      await analytics.insert('decisions', rows, 'tokens-1')
      await Promise.all([
        analytics.insert('decisions', rows, 'tokens-1'),
        analytics.insert('decisions', rows, 'tokens-1'),
      ])
      for (const table of ['decisions', ...views]) expect(await count(table, 'tokens'), table).toBe(500)
      await analytics.insert('decisions', batch('tokens', 500, 10), 'tokens-2')
      for (const table of ['decisions', ...views]) expect(await count(table, 'tokens'), table).toBe(510)
    })

    it('takes equal rows under two tokens twice: the token decides', async () => {
      const rows = batch('twice', 0, 3)
      await analytics.insert('decisions', rows, 'twice-1')
      await analytics.insert('decisions', rows, 'twice-2')
      for (const table of ['decisions', ...views]) expect(await count(table, 'twice'), table).toBe(6)
    })

    it('counts a correction once', async () => {
      const first = sampleDecision({ workspace: 'corrected', offset: 1, label: 'spam' })
      const second = { ...first, revision: 2, label: 'fraud' }
      await analytics.insert('decisions', encodeRows([decisionRow(first)]), 'corrected-1')
      await analytics.insert('decisions', encodeRows([retractionRow(first), decisionRow(second)]), 'corrected-2')
      const labels = await analytics.query('corrected', {
        sql: `SELECT label, sum(decisions) AS n FROM decisions_by_hour
            WHERE workspace = {workspace:String} GROUP BY label HAVING n != 0`,
      })
      expect(labels).toEqual([{ label: 'fraud', n: 1 }])
      for (const table of ['decisions', ...views]) expect(await count(table, 'corrected'), table).toBe(1)
    })

    it('binds parameters as values, whatever they hold', async () => {
      const texts = [
        `'; DROP TABLE decisions; --`,
        `it's \\ " \` \t\n\r end`,
        '中文 😀 \u200b',
        '',
        '\\N',
        `{workspace:String}`,
        `%' OR '1'='1`,
      ]
      for (const text of texts) expect(await echo(text, 'String')).toBe(text)
      expect(await echo(texts, 'Array(String)')).toEqual(texts)
      expect(await echo([1, -2, 3], 'Array(Int64)')).toEqual([1, -2, 3])
      expect(await echo([], 'Array(String)')).toEqual([])
      expect(await echo(null, 'Nullable(String)')).toBeNull()
      expect(await echo(1.5, 'Float64')).toBe(1.5)
      expect(await echo(true, 'Bool')).toBe(true)
      expect(await echo(9_007_199_254_740_991, 'Int64')).toBe(9_007_199_254_740_991)
      expect(await count('decisions', 'tokens')).toBe(510)
    })

    it('keeps parameters of parallel queries apart', async () => {
      const values = Array.from({ length: 60 }, (_, index) => `value-${index}`)
      expect(await Promise.all(values.map(value => echo(value, 'String')))).toEqual(values)
    })

    it('refuses a query without the workspace, or with an unbound parameter', async () => {
      await expect(analytics.query('a', { sql: 'SELECT count() FROM decisions' })).rejects.toMatchObject({
        code: 'internal',
      })
      const sql = `SELECT {missing:String} AS value WHERE {workspace:String} != ''`
      await expect(analytics.query('a', { sql })).rejects.toMatchObject({ code: 'internal' })
    })

    it('never mixes two workspaces, not even when a caller binds the parameter', async () => {
      await analytics.insert('decisions', batch('left', 0, 3), 'left-1')
      await analytics.insert('decisions', batch('right', 0, 5), 'right-1')
      const sql = 'SELECT count() AS n FROM decisions WHERE workspace = {workspace:String}'
      const parameters = { workspace: 'right' }
      expect(await analytics.query('left', { sql, parameters })).toEqual([{ n: 3 }])
      await analytics.remove('left', 'decisions', { sql: '1', parameters })
      expect(await count('decisions', 'left')).toBe(0)
      expect(await count('decisions', 'right')).toBe(5)
    })

    it('removes what matches and nothing else', async () => {
      await analytics.insert('decisions', batch('removed', 0, 10), 'removed-1')
      const where = { sql: '`offset` < {limit:UInt64} OR subject = {text:String}', parameters: { limit: 4, text: `'` } }
      await analytics.remove('removed', 'decisions', where)
      expect(await count('decisions', 'removed')).toBe(6)
      await expect(analytics.remove('removed', 'decisions; --', { sql: '1' })).rejects.toMatchObject({
        code: 'internal',
      })
    })

    it('lets a query read only', async () => {
      const sql = `INSERT INTO events (workspace) SELECT {workspace:String}`
      await expect(analytics.query('writer', { sql })).rejects.toMatchObject({ code: 'analytics-failed' })
      const [row] = await analytics.query<{ n: number }>('writer', {
        sql: 'SELECT count() AS n FROM events WHERE workspace = {workspace:String}',
      })
      expect(row?.n).toBe(0)
    })

    it('says what the engine says of a wrong statement and of wrong rows', async () => {
      const sql = 'SELECT nonsense FROM decisions WHERE workspace = {workspace:String}'
      await expect(analytics.query('a', { sql })).rejects.toMatchObject({
        code: 'analytics-failed',
        message: expect.stringContaining('nonsense'),
        transient: false,
      })
      const rows = new TextEncoder().encode('{"workspace":"a","offset":"not a number"}')
      await expect(analytics.insert('decisions', rows, 'wrong')).rejects.toMatchObject({ code: 'analytics-failed' })
      expect(await count('decisions', 'a')).toBe(0)
    })

    it('stops a heavy query at its limit, and neither blocks this process nor other statements meanwhile', async () => {
      const start = performance.now()
      const sql = `SELECT count() AS n FROM numbers_mt(1000000000000) WHERE sipHash64(number) = 1 AND {workspace:String} != ''`
      const heavy = expect(analytics.query('heavy', { sql, maxSeconds: 2 })).rejects.toMatchObject({
        code: 'analytics-failed',
        details: { type: 'TIMEOUT_EXCEEDED' },
      })
      let longestGap = 0
      let last = performance.now()
      const ticker = setInterval(() => {
        longestGap = Math.max(longestGap, performance.now() - last)
        last = performance.now()
      }, 10)
      await analytics.insert('decisions', batch('beside', 0, 100), 'beside-1')
      expect(await count('decisions', 'beside')).toBe(100)
      const besideMs = performance.now() - start
      await heavy
      clearInterval(ticker)
      expect(besideMs).toBeLessThan(2_000)
      expect(performance.now() - start).toBeLessThan(6_000)
      expect(longestGap).toBeLessThan(500)
    })

    it('stops a query that takes too much memory, and goes on', async () => {
      const sql = `SELECT length(groupArray(number)) AS n FROM numbers(2000000000) WHERE {workspace:String} != ''`
      await expect(analytics.query('memory', { sql, maxSeconds: 20 })).rejects.toMatchObject({
        details: { type: 'MEMORY_LIMIT_EXCEEDED' },
      })
      expect(await count('decisions', 'tokens')).toBe(510)
    })

    it('ends a query for its caller on abort', async () => {
      const controller = new AbortController()
      const sql = `SELECT sleep(3) AS n WHERE {workspace:String} != ''`
      const query = expect(analytics.query('aborted', { sql, signal: controller.signal })).rejects.toThrow()
      await delay(100)
      controller.abort()
      const start = performance.now()
      await query
      expect(performance.now() - start).toBeLessThan(1_000)
    })

    it.runIf(adapter.engine === 'chdb')(
      'loses and doubles nothing when its engine is killed while it inserts',
      async () => {
        const size = 2_000
        for (let round = 0; round < 5; round += 1) {
          const rows = batch('killed', round * size, size)
          const [pid] = children()
          if (pid === undefined) throw new Error('the engine has no process')
          const inserted = analytics.insert('decisions', rows, `killed-${round}`)
          await delay(5 + round * 12)
          process.kill(pid, 'SIGKILL')
          await inserted
          await analytics.insert('decisions', rows, `killed-${round}`)
          for (const table of ['decisions', ...views])
            expect(await count(table, 'killed'), table).toBe((round + 1) * size)
        }
        const [row] = await analytics.query<{ unique: number }>('killed', {
          sql: 'SELECT groupBitmap(`offset`) AS unique FROM decisions WHERE workspace = {workspace:String}',
        })
        expect(row?.unique).toBe(5 * size)
      },
    )

    it.runIf(adapter.engine === 'chdb')('holds its folder alone, and gives it free', async () => {
      await analytics.insert('decisions', batch('held', 0, 4), 'held-1')
      await expect(adapter.open({ folder, telemetry: silent })).rejects.toMatchObject({ code: 'data-folder-in-use' })
      await analytics.check()
      await analytics.close()
      expect(children()).toEqual([])
      analytics = await adapter.open({ folder, telemetry: silent })
      expect(await count('decisions', 'held')).toBe(4)
    })

    it.runIf(adapter.engine === 'chdb')('leaves no engine behind when its owner is killed', async () => {
      const other = await mkdtemp(join(tmpdir(), 'riskloom-test-'))
      const module = pathToFileURL(builtEntry(import.meta.resolve('../../connectors/analytics/index.ts'), 'index')).href
      const script = `
      const { chdbAnalytics } = await import(${JSON.stringify(module)})
      const telemetry = { log() {}, count() {}, gauge() {}, observe() {} }
      await chdbAnalytics({ folder: ${JSON.stringify(other)}, telemetry })
      process.stdout.write('open')`
      const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(owner.stdout, 'data')
      owner.kill('SIGKILL')
      await once(owner, 'exit')
      const heir = await adapter.open({ folder: other, telemetry: silent })
      await heir.check()
      await heir.close()
      await rm(other, { recursive: true, force: true })
    })
  },
)
