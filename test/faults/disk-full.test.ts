import { execFileSync } from 'node:child_process'
import { open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { codeOf } from '../../engine/error.ts'
import { event, streamFixture, workspace } from '../support/stream-fixture.ts'
import { smallDisk } from '../support/small-disk.ts'
import { pureApp } from '../support/triage-app.ts'
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
    const twins = await openTwins({ folder: join(folder, 'data'), telemetry: { log: (l, m, f) => log(l, m, f), count() {}, gauge() {}, observe() {} } })
    const fixture = await streamFixture(twins.services, pureApp())
    await fixture.streams.runner.start()
    log('open', execFileSync('du', ['-sm', ...['stream', 'records', 'analytics', 'blobs'].map(x => join(folder, 'data', x))]).toString())
    const source = await fixture.addSource('full')
    await fixture.addPipeline('full-triage', source, { batchSize: 20 })
    await fixture.streams.start(workspace, 'full-triage')
    let sent = 0
    const send = async () => {
      const batch = Array.from({ length: 20 }, () => event(`f-${sent++}`, 'x'.repeat(500)))
      await fixture.streams.ingest(source, batch)
    }
    for (let i = 0; i < 5; i++) await send()
    await fixture.untilSettled('full-triage', 100)
    log('settled', await statfs(folder))
    const handle = await open(ballast, 'w')
    const chunk = Buffer.alloc(1 << 16)
    try { for (;;) await handle.write(chunk) } catch (e) { log('filled', String(e)) }
    await handle.close()
    let ok = 0
    let refused = 0
    const codes = new Map<string, number>()
    for (let i = 0; i < 50; i++) {
      await send().then(() => ok++, e => { refused++; codes.set(String(codeOf(e)), (codes.get(String(codeOf(e))) ?? 0) + 1) })
      await new Promise(r => setTimeout(r, 100))
    }
    log('ok', ok, 'refused', refused, [...codes])
    for (const [name, port] of Object.entries({ r: twins.services.records, a: twins.services.analytics, s: twins.services.stream, b: twins.services.blobs }))
      log(name, await port.check().then(() => 'ok', e => `${codeOf(e)} ${e}`))
    await rm(ballast)
    log('freed')
    await fixture.until('ingest', () => send().then(() => true, () => false))
    log('ingest ok')
    await fixture.untilSettled('full-triage', 100 + ok * 20 + 20).catch(e => log(String(e)))
    log('audit', await fixture.streams.audit(workspace, 'full-triage'), 100 + ok * 20 + 20, (await fixture.untilStatus('full-triage', 'running')).error)
    await fixture.streams.runner.stop()
    await twins.close()
    expect(1).toBe(1)
  })
})
