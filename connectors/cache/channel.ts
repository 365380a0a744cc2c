import type { ChannelMessage } from '../../engine/ports/cache.ts'
import { Bell } from '../bell.ts'

interface Kept extends ChannelMessage {
  readonly at: number
}

/** Rough cost of a message beside its text, in bytes. */
const overhead = 100

/** The kept messages of one channel. Listeners keep a cursor, never a queue. */
export class Channel {
  ended = false
  listeners = 0
  #messages: Kept[] = []
  #nextId = 1
  #touchedAt = 0
  /** Rings at each message and at the end. */
  readonly changes = new Bell()

  get messageCount(): number {
    return this.#messages.length
  }

  /** Returns the bytes it takes. */
  add(data: string, at: number): number {
    this.#messages.push({ id: this.#nextId++, data, at })
    this.#touchedAt = at
    this.changes.ring()
    return sizeOf(data)
  }

  end(at: number): void {
    this.ended = true
    this.#touchedAt = at
    this.changes.ring()
  }

  /** The first message with a greater id that is not older than the time. */
  firstBehind(id: number, notBefore: number): ChannelMessage | undefined {
    const first = this.#messages[0]
    if (first === undefined) return undefined
    let index = Math.max(0, id + 1 - first.id)
    for (let kept = this.#messages[index]; kept !== undefined; kept = this.#messages[++index]) {
      if (kept.at >= notBefore) return { id: kept.id, data: kept.data }
    }
    return undefined
  }

  /** Returns the bytes it freed. */
  dropOldest(): number {
    const oldest = this.#messages.shift()
    return oldest === undefined ? 0 : sizeOf(oldest.data)
  }

  /** Returns the bytes it freed. */
  dropBefore(time: number): number {
    const kept = this.#messages.findIndex(message => message.at >= time)
    const dropped = this.#messages.splice(0, kept === -1 ? this.#messages.length : kept)
    return dropped.reduce((sum, message) => sum + sizeOf(message.data), 0)
  }

  /** Nobody listens, nothing is kept, and nothing happened since the time: its ids may start anew. */
  isForgettable(since: number): boolean {
    return this.listeners === 0 && this.#messages.length === 0 && this.#touchedAt < since
  }
}

function sizeOf(data: string): number {
  return 2 * data.length + overhead
}
