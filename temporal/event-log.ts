import type { RunEvent } from '../schemas/run-event.ts'

/** Events of one run, kept in order for whoever listens now or comes later. Sequence numbers start at 1, without holes. */
export class EventLog {
  readonly #events: RunEvent[] = []
  #wake: (() => void)[] = []
  #ended = false

  /** Sequence number of the last event. */
  get length(): number {
    return this.#events.length
  }

  append(events: readonly RunEvent[]): void {
    if (events.length === 0) return
    for (const event of events) this.#events.push(event)
    this.#notify()
  }

  /** Nothing more will come. */
  end(): void {
    this.#ended = true
    this.#notify()
  }

  /** What lies behind a sequence number, then what comes, until the end. */
  async *after(sequence: number): AsyncGenerator<RunEvent> {
    let next = Math.max(0, sequence)
    for (;;) {
      const event = this.#events[next]
      if (event !== undefined) {
        next += 1
        yield event
      } else if (this.#ended) return
      else await new Promise<void>(resolve => this.#wake.push(resolve))
    }
  }

  #notify(): void {
    const waiting = this.#wake
    this.#wake = []
    for (const wake of waiting) wake()
  }
}
