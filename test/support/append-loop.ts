import { writeSync } from 'node:fs'
import { systemClock } from '../../connectors/clock/system.ts'
import { embeddedStream } from '../../connectors/stream/index.ts'

/**
 * Started as a child: appends to a topic without end until it is killed. Each acknowledged append, and commit, is written to
 * descriptor 3, outside the log: name of the writer and number. Arguments: folder, how many append at once, first number.
 */
const [folder = '', writers = '8', first = '0'] = process.argv.slice(2)
const stream = await embeddedStream({ folder, clock: systemClock, segmentBytes: 200_000 })
await stream.ensureTopic('w1/t', { partitions: 3 })
const filler = 'x'.repeat(300)

async function write(writer: number): Promise<never> {
  for (let n = Number(first); ; n++) {
    // One append over two partitions, to see that it is never half there.
    const value = Buffer.from(`${writer}:${n}:${filler}`)
    await stream.append('w1/t', [
      { key: `writer-${writer}`, value, partition: writer % 2 },
      { key: `writer-${writer}`, value, partition: 2 },
    ])
    // Synchronous, so that a kill loses no acknowledgement that was seen.
    writeSync(3, `${writer}:${n}\n`)
    if (n % 10 !== 0) continue
    await stream.groups.commit('w1/t', `group-${writer}`, [{ partition: 2, offset: n }])
    writeSync(3, `commit ${writer}:${n}\n`)
  }
}

writeSync(1, 'ready\n')
await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)))
