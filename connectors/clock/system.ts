import { randomFillSync } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../engine/ports/clock.ts'
import type { Ids } from '../../engine/ports/ids.ts'

/** The machine’s time. An aborted sleep rejects with the signal’s reason. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal ? { signal } : {})
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },
}

/**
 * UUID version 7 (RFC 9562): 48 bits of milliseconds, then a 12-bit counter that keeps ids of one millisecond in order
 * (method 1, seeded below half so that it has room to rise), then 62 random bits.
 * When the counter is used up, or the time steps back, ids borrow from the next millisecond: order is never lost.
 */
export function uuidv7(now: () => number): () => string {
  const random = Buffer.alloc(4096)
  let used = random.length
  let time = 0
  let counter = 0
  const bytes = Buffer.alloc(16)
  return () => {
    if (used + 10 > random.length) {
      randomFillSync(random)
      used = 0
    }
    const at = now()
    if (at > time) {
      time = at
      counter = random.readUInt16BE(used) & 0x7ff
    } else if (++counter > 0xfff) {
      time++
      counter = random.readUInt16BE(used) & 0x7ff
    }
    bytes.writeUIntBE(time, 0, 6)
    bytes.writeUInt16BE(0x7000 | counter, 6)
    random.copy(bytes, 8, used + 2, used + 10)
    bytes[8] = 0x80 | (bytes.readUInt8(8) & 0x3f)
    used += 10
    const hex = bytes.toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }
}

/** Ids by the machine’s time. */
export const systemIds: Ids = { uuid: uuidv7(() => Date.now()) }
