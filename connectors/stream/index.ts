import type { Clock } from '../../engine/ports/clock.ts'
import type { Stream } from '../../engine/ports/stream.ts'
import { embeddedStream } from './embedded/stream.ts'

export { embeddedStream }

/** Every adapter of the stream port; `open` makes one in a folder, for the contract suite. */
export const streamAdapters: readonly {
  name: string
  shared: boolean
  /** Small segments show what happens at their borders; engines without segments ignore the size. */
  open(options: { folder: string; clock: Clock; segmentBytes?: number }): Promise<Stream>
}[] = [{ name: 'embedded', shared: false, open: embeddedStream }]
