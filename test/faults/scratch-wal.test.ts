import { execFileSync } from 'node:child_process'
import { open, rm, statfs, truncate, stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { codeOf } from '../../engine/error.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { event, streamFixture, workspace } from '../support/stream-fixture.ts'
import { smallDisk } from '../support/small-disk.ts'
import { recordedApp } from '../support/triage-app.ts'
import { openTwins } from '../support/twins.ts'

const megabytes = 320
const disk = await smallDisk(megabytes)

describe.skipIf(disk === undefined)('a full disk under the whole pipeline (needs the right to mount)', () => {
  const folder = disk?.path ?? ''
  const ballast = join(folder, 'ballast')

  afterAll(() => disk?.remove())

  it('x', async () => {
    const t0 = Date.now()
    const log = (...a: unknown[]) => process.stderr.write(`${Date.now() - t0} ${a.map(x => typeof x === 'string' ? x : JSON.stringify(x)).join(' ')}\n`)
    const sandbox = { engine: 't', shared: false, languages: [], check: async () => {}, close: async () => {}, run: async (r: {inputs: string}) => ({ ok: true as const, outputs: JSON.stringify({ label: 'spam', score: 0.9 }), ms: 1 }) }
    const twins = await openTwins({ folder: join(folder, 'data'), sandbox, telemetry: { log: (l, m, f) => log(l, m, f), count() {}, gauge() {}, observe() {} } })
    const fixture = await streamFixture(twins.services, recordedApp(), 20_000)
    await fixture.streams.runner.start()
    const source = await fixture.addSource('full')
    await fixture.addPipeline('full-triage', source, { batchSize: 500 })
    await fixture.streams.start(workspace, 'full-triage')
    let sent = 0
    const refusedBatches: unknown[][] = []
    const codes = new Map<string, number>()
    let ok = 0
    const send = async () => {
      const batch = Array.from({ length: 20 }, () => event(`f-${sent++}`, 'x'.repeat(500)))
      return fixture.streams.ingest(source, batch).then(() => (ok++, true), e => { refusedBatches.push(batch); codes.set(String(codeOf(e)), (codes.get(String(codeOf(e))) ?? 0) + 1); return false })
    }
    for (let i = 0; i < 5; i++) await send()
    await fixture.untilSettled('full-triage', 100)
    for (let n = 0; n < 12; n++) for (const i of [0,1,2,3,4,5]) await twins.services.records.access.setSetting(`k${i}`, randomBytes(900).toString('hex'))
    log('settled', await statfs(folder))
    const handle = await open(ballast, 'w')
    const chunk = Buffer.alloc(1 << 16)
    try { for (;;) await handle.write(chunk) } catch (e) { log('filled', String(e)) }
    await handle.close()
    for (let round = 0; round < 8; round++) {
      await truncate(ballast, (await stat(ballast)).size - 192 * 1024)
      let n = 0
      while (await send()) n++
      log('round', round, n, (await statfs(folder)).bavail)
      await new Promise(r => setTimeout(r, 100))
    }
    log('ok', ok, [...codes], await twins.services.records.workspace(workspace).plans.counts('full-triage'))
    const pgwal = execFileSync('du', ['-sm', join(folder, 'data/records/data/pg_wal')]).toString()
    log(pgwal)
    let failure: unknown
    let writes = 0
    const end = Date.now() + 25000
    const writer = async (i: number) => { while (failure === undefined && Date.now() < end) { writes++; await twins.services.records.access.setSetting(`k${i}`, randomBytes(900).toString('hex')).catch(e => { if (codeOf(e) !== 'disk-full') failure = e }) } }
    await Promise.all([0, 1, 2, 3, 4, 5].map(writer))
    log('pg', writes, String(failure), codeOf(failure) ?? '')
    for (let i = 0; i < 10; i++) { await send(); await new Promise(r => setTimeout(r, 300)) }
    for (const [name, port] of Object.entries({ r: twins.services.records, a: twins.services.analytics, s: twins.services.stream, b: twins.services.blobs }))
      log(name, await port.check().then(() => 'ok', e => `${codeOf(e)} ${e}`))
    await rm(ballast)
    log('freed', [...codes])
    for (const batch of refusedBatches) await fixture.streams.ingest(source, batch)
    log('ingest ok')
    const total = (await twins.services.stream.describe(topicOf.source(source)))?.ends.reduce((s, e) => s + e.next, 0) ?? 0
    for (let i = 0; i < 25; i++) { const c = await twins.services.records.workspace(workspace).plans.counts('full-triage').catch(e => String(e)); log(c, total); if (typeof c !== 'string' && c.read >= total && c.inFlight === 0) break; await new Promise(r => setTimeout(r, 1000)) }
    await fixture.untilSettled('full-triage', total).catch(e => log(String(e)))
    log('audit', await fixture.streams.audit(workspace, 'full-triage'), sent, (await fixture.untilStatus('full-triage', 'running')).error)
    await fixture.streams.runner.stop()
    await twins.close()
    expect(1).toBe(1)
  })
})
