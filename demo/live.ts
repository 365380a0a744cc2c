import type { Clock } from '../engine/ports/clock.ts'
import type { Event } from '../schemas/event.ts'
import { liveEvent } from './generator.ts'
import { Random } from './random.ts'

export interface DemoLiveOptions {
  readonly seed: number
  /** Events a second on average; they come irregularly, as people do. */
  readonly rate: number
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  /** Index of the first event: behind the history and whatever was live before. */
  readonly from: number
  /** An abort ends the stream. */
  readonly signal: AbortSignal
}

const place = 0x5f3b

/** Events as they happen, until the signal aborts. */
export async function* demoLive(options: DemoLiveOptions): AsyncGenerator<Event> {
  const { seed, rate, clock, from, signal } = options
  if (rate <= 0) return
  for (let index = from; !signal.aborted; index += 1) {
    const wait = (-Math.log(1 - new Random(seed, place, index).next()) * 1_000) / rate
    const slept = await clock.sleep(wait, signal).then(
      () => true,
      () => false,
    )
    if (!slept) return
    yield liveEvent(seed, index, clock.now())
  }
}
