import { systemClock } from '../../connectors/clock/system.ts'
import { embeddedRecords } from '../../connectors/records/index.ts'

/**
 * A process that owns embedded records until it is killed: `node --import tsx records-owner.ts FOLDER`.
 * Says `ready`, then the name of each source after it was acknowledged.
 */
const [folder = ''] = process.argv.slice(2)
const telemetry = { log() {}, count() {}, gauge() {}, observe() {} }
const records = await embeddedRecords({ folder, telemetry, clock: systemClock })
process.stdout.write('ready\n')
const { sources } = records.workspace('acme')
for (let number = 1; ; number += 1) {
  const name = `source-${number}`
  await sources.create({
    name,
    partitions: 1,
    settings: { kind: 'http', eventType: null },
    status: 'active',
    demo: false,
    createdAt: number,
  })
  process.stdout.write(`${name}\n`)
}
