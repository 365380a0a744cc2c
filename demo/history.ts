import type { Event } from '../schemas/event.ts'
import { demoStream, type DemoStream } from './generator.ts'

export interface DemoHistoryOptions {
  readonly seed: number
  /** End of the history, milliseconds since the epoch; every event lies before it. */
  readonly to: number
  readonly days: number
  readonly count: number
  /** Events at the beginning that are there already. */
  readonly skip?: number
  /** The clock that people live by; that of this machine when absent. */
  readonly utcOffsetMinutes?: number
}

/** The events of the history in the order of time. The same options give the same events. */
export function* demoHistory(options: DemoHistoryOptions): Generator<Event> {
  const stream = historyStream(options)
  for (let index = options.skip ?? 0; index < stream.count; index += 1) yield stream.eventAt(index)
}

/** The stream behind a history: single events, planted bursts and ground truth. */
export function historyStream({ seed, to, days, count, utcOffsetMinutes }: DemoHistoryOptions): DemoStream {
  const offset = utcOffsetMinutes ?? -new Date(to).getTimezoneOffset()
  return demoStream({ seed, from: to - days * 86_400_000, to, count, utcOffsetMinutes: offset })
}
