import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../connectors/clock/system.ts'
import { openDatabase } from '../../connectors/records/database.ts'
import { startOf } from '../../connectors/records/embedded/process-identity.ts'
import type { LauncherKind } from '../../connectors/records/embedded/launcher.ts'
import { embeddedRecords } from '../../connectors/records/index.ts'
import type { Records } from '../../engine/ports/records.ts'
import { eventually } from '../support/postgres-server.ts'
import { embeddedLogin, furnish, now, quiet } from '../support/records-fixture.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const isRoot = process.getuid?.() === 0
const owner = fileURLToPath(new URL('../support/records-owner.ts', import.meta.url))

describe('embedded records', () => {
  let pristine: Awaited<ReturnType<typeof temporaryFolder>>
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>
  let folder: string
  let opened: Records[]
  let children: ChildProcess[]

  // made once and copied: initdb waits for the disk several times
  beforeAll(async () => {
    pristine = await temporaryFolder()
    const records = await embeddedRecords({ folder: pristine.path, telemetry: quiet, clock: systemClock })
    await records.migrate()
    await furnish(records, 'acme')
    await records.close()
  })
  afterAll(() => pristine.remove())

  beforeEach(async () => {
    temporary = await temporaryFolder()
    folder = join(temporary.path, 'records')
    await cp(pristine.path, folder, { recursive: true })
    opened = []
    children = []
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    for (const records of opened) await records.close()
    await temporary.remove()
  })

  async function open(options: { folder?: string; launchers?: readonly LauncherKind[] } = {}): Promise<Records> {
    const records = await embeddedRecords({ folder, telemetry: quiet, clock: systemClock, ...options })
    opened.push(records)
    return records
  }

  /** Another process that owns the folder, and the lines it has said so far. */
  async function openElsewhere(): Promise<{ child: ChildProcess; lines: string[] }> {
    const child = spawn(process.execPath, ['--import', 'tsx', owner, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const lines: string[] = []
    createInterface({ input: child.stdout }).on('line', line => lines.push(line))
    await eventually(async () => expect(lines).toContain('ready'))
    return { child, lines }
  }

  const serverPid = async (): Promise<number> =>
    Number.parseInt(await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8'))

  it('listens on no network, behind passwords that only we can read', async () => {
    await open()
    const database = openDatabase(await embeddedLogin(folder), quiet)
    const show = async (name: string) =>
      (await database.tenant(null).query(`SELECT current_setting('${name}') AS value`))[0]?.['value']
    expect(await show('listen_addresses')).toBe('')
    expect(await show('fsync')).toBe('on')
    expect(await show('server_encoding')).toBe('UTF8')
    expect(
      await database.tenant(null).query('SELECT datcollate FROM pg_database WHERE datname = current_database()'),
    ).toEqual([{ datcollate: 'C' }])
    await database.close()
    expect((await stat(join(folder, 'credentials.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'socket'))).mode & 0o777).toBe(0o700)
    const thief = openDatabase({ ...(await embeddedLogin(folder)), password: 'guessed' }, quiet)
    await expect(thief.tenant(null).query('SELECT 1')).rejects.toMatchObject({
      code: 'records-unavailable',
      transient: false,
    })
    await thief.close()
  })

  it('gives the application no way around row-level security', async () => {
    await open()
    const database = openDatabase(await embeddedLogin(folder), quiet)
    const none = database.tenant(null)
    for (const attempt of [
      'ALTER TABLE sources DISABLE ROW LEVEL SECURITY',
      'SET ROLE riskloom_owner',
      'SET SESSION AUTHORIZATION riskloom_owner',
      'DROP POLICY workspace ON sources',
      'SELECT * FROM riskloom.migrations',
      "COPY sources TO PROGRAM 'cat'",
    ]) {
      await expect(none.query(attempt), attempt).rejects.toMatchObject({ code: 'forbidden' })
    }
    expect(await none.query('RESET ROLE; SET search_path TO riskloom')).toBeUndefined()
    expect(await none.query('SELECT * FROM sources')).toEqual([])
    await database.close()
  })

  it('leaves no process behind, and finds everything at the next start', async () => {
    const first = await open()
    const pid = await serverPid()
    await first.close()
    await first.close()
    expect(await isAlive(pid)).toBe(false)
    await expect(first.check()).rejects.toMatchObject({ code: 'records-unavailable', transient: false })
    expect((await readdir(folder)).filter(name => name.startsWith('lock'))).toEqual([])
    const second = await open()
    expect((await second.workspace('acme').sources.list()).map(({ name }) => name)).toEqual(['posts'])
  })

  it('comes back when PostgreSQL is killed, with every row that was acknowledged', async () => {
    const records = await open()
    const { sources } = records.workspace('acme')
    const acknowledged: string[] = []
    const failures: unknown[] = []
    let going = true
    const writers = [0, 1, 2, 3].map(async writer => {
      for (let number = 0; going; number += 1) {
        const name = `source-${writer}-${number}`
        try {
          await sources.create({
            name,
            partitions: 1,
            settings: { kind: 'http', eventType: null },
            status: 'active',
            demo: false,
            createdAt: now,
          })
          acknowledged.push(name)
        } catch (error) {
          failures.push(error)
          await systemClock.sleep(5)
        }
      }
    })
    await eventually(async () => expect(acknowledged.length).toBeGreaterThan(50))
    const killed = await serverPid()
    process.kill(killed, 'SIGKILL')
    await eventually(async () => expect(failures.length).toBeGreaterThan(0))
    const before = acknowledged.length
    await eventually(async () => expect(acknowledged.length).toBeGreaterThan(before + 20))
    going = false
    await Promise.all(writers)
    for (const failure of failures) expect(failure).toMatchObject({ code: 'records-unavailable', transient: true })
    const names = new Set((await sources.list()).map(({ name }) => name))
    expect(acknowledged.filter(name => !names.has(name))).toEqual([])
    expect(await serverPid()).not.toBe(killed)
  })

  it.each([0, 150, 400])('closes while it is being started again, %i ms after a kill', async wait => {
    const records = await open()
    const killed = await serverPid()
    process.kill(killed, 'SIGKILL')
    await systemClock.sleep(wait)
    await records.close()
    expect(await startOf(await serverPid().catch(() => killed))).toBeUndefined()
    await (await open()).check()
  })

  it('survives the death of one backend', async () => {
    const records = await open()
    const database = openDatabase({ ...(await embeddedLogin(folder)), max: 1 }, quiet)
    const [row] = await database.tenant(null).query('SELECT pg_backend_pid() AS pid')
    process.kill(Number(row?.['pid']), 'SIGKILL')
    await eventually(() => records.check())
    await eventually(() => database.tenant(null).query('SELECT 1'))
    await database.close()
  })

  it('takes over after its process was killed: the old server is stopped and nothing acknowledged is lost', async () => {
    const { child, lines } = await openElsewhere()
    await eventually(async () => expect(lines.length).toBeGreaterThan(30))
    const orphan = await serverPid()
    child.kill('SIGKILL')
    await once(child, 'exit')
    await systemClock.sleep(50)
    expect(await isAlive(orphan)).toBe(true)

    const records = await open()
    expect(await isAlive(orphan)).toBe(false)
    expect(await serverPid()).not.toBe(orphan)
    const names = new Set((await records.workspace('acme').sources.list()).map(({ name }) => name))
    expect(lines.filter(line => line.startsWith('source-') && !names.has(line))).toEqual([])
  })

  it('refuses a folder that somebody else has open, and names the process', async () => {
    const first = await open()
    await expect(open()).rejects.toMatchObject({ code: 'data-folder-in-use', details: { pid: process.pid } })
    await first.check()
    await first.close()
    const { child, lines } = await openElsewhere()
    await expect(open()).rejects.toMatchObject({ code: 'data-folder-in-use', details: { pid: child.pid } })
    const said = lines.length
    await eventually(async () => expect(lines.length).toBeGreaterThan(said))
  })

  it('starts although the numbers in old files belong to other processes now', async () => {
    const stranger = spawn('sleep', ['60'])
    children.push(stranger)
    await writeFile(join(folder, `lock.${stranger.pid}.0123456789abcdef.old`), '')
    await writeFile(
      join(folder, 'data', 'postmaster.pid'),
      `${stranger.pid}\n${folder}/data\n1\n5432\n${folder}/socket\n\n  1 1\nready   \n`,
    )
    await (await open()).check()
    expect(await isAlive(stranger.pid ?? 0)).toBe(true)
  })

  it('lets one of many have a stale lock', async () => {
    await writeFile(join(folder, `lock.${process.pid}.0123456789abcdef.old`), '')
    const results = await Promise.allSettled([open(), open(), open()])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'data-folder-in-use' })
    }
  })

  it('puts the socket elsewhere when the path is too long for one', async () => {
    const long = join(temporary.path, 'a-long-name-'.repeat(10))
    await (await open({ folder: long })).check()
    const file = (await readFile(join(long, 'data', 'postmaster.pid'), 'utf8')).split('\n')
    const socketFolder = file[4] ?? ''
    expect(socketFolder.startsWith(temporary.path)).toBe(false)
    expect((await stat(socketFolder)).mode & 0o777).toBe(0o700)
    await opened.pop()?.close()
    await expect(stat(socketFolder)).rejects.toThrow()
  })

  it('forgets a half-made database', async () => {
    const fresh = join(temporary.path, 'fresh')
    await mkdir(join(fresh, 'data.new'), { recursive: true })
    await writeFile(join(fresh, 'data.new', 'PG_VERSION'), '18\n')
    await (await open({ folder: fresh })).check()
    expect(await readdir(fresh)).not.toContain('data.new')
  })

  it('names a database of another version and a damaged one, and leaves both as they are', async () => {
    const version = join(folder, 'data', 'PG_VERSION')
    await writeFile(version, '17\n')
    await expect(open()).rejects.toMatchObject({
      code: 'records-unavailable',
      message: expect.stringContaining('PostgreSQL 17'),
    })
    await truncate(version)
    await expect(open()).rejects.toMatchObject({ code: 'corrupt-data' })
    await writeFile(version, '18\n')
    const control = join(folder, 'data', 'global', 'pg_control')
    const content = await readFile(control)
    await truncate(control, 100)
    await expect(open()).rejects.toMatchObject({ code: 'corrupt-data', message: expect.stringContaining('pg_control') })
    await writeFile(control, content)
    await (await open()).check()
    await opened.pop()?.close()
    await writeFile(join(folder, 'credentials.json'), '{}')
    await expect(open()).rejects.toMatchObject({
      code: 'corrupt-data',
      message: expect.stringContaining('credentials.json'),
    })
  })

  it.skipIf(!isRoot)('runs as another user of the system where no user namespace is to be had', async () => {
    await chmod(temporary.path, 0o755)
    const records = await open({ launchers: ['other-user'] })
    expect(await records.workspace('acme').sources.list()).toHaveLength(1)
    expect((await stat(`/proc/${await serverPid()}`)).uid).not.toBe(0)
    await records.close()
    // the same folder under the other way of running, and back
    for (const kind of ['user-namespace', 'other-user'] as const) {
      const again = await open({ launchers: [kind] })
      expect(await again.workspace('acme').sources.list()).toHaveLength(1)
      await again.close()
    }
  })

  it.skipIf(!isRoot)('says what to do when nobody but root can run it', async () => {
    await chmod(temporary.path, 0o700)
    await expect(open({ launchers: ['same-user', 'other-user'] })).rejects.toMatchObject({
      code: 'records-unavailable',
      message: expect.stringContaining('DATABASE_URL'),
    })
  })
})

/** A zombie, which nobody in a container may ever collect, is not alive. */
async function isAlive(pid: number): Promise<boolean> {
  return (await startOf(pid)) !== undefined
}
