import { RiskloomError } from '../../engine/error.ts'
import type { ChannelMessage, Events } from '../../engine/ports/cache.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import { Channel } from './channel.ts'

/**
 * Ordered messages in the memory of this process. Each is kept for `keepMs` (default 5 minutes), at most
 * `maxMessages` (default 10,000) a channel and `maxBytes` (default 128 MB) over all channels; beyond that the oldest of
 * a channel, or of the channel that was silent longest, go first. A listener sees such a gap by the ids.
 * Without `after` a listener gets everything that is kept.
 */
export function memoryEvents(options: {
  clock: Clock
  keepMs?: number
  maxMessages?: number
  maxBytes?: number
}): Events {
  const { clock, keepMs = 300_000, maxMessages = 10_000, maxBytes = 128 << 20 } = options
  // In order of the last message: a channel that gets one is put in again.
  const channels = new Map<string, Channel>()
  let bytes = 0
  let sweptAt = clock.monotonic()

  const channelOf = (name: string): Channel => {
    const channel = channels.get(name) ?? new Channel()
    channels.set(name, channel)
    return channel
  }

  const sweep = (): void => {
    const now = clock.monotonic()
    if (now - sweptAt < keepMs / 10) return
    sweptAt = now
    for (const [name, channel] of channels) {
      bytes -= channel.dropBefore(now - keepMs)
      if (channel.isForgettable(now - keepMs)) channels.delete(name)
    }
  }

  const shrink = (): void => {
    for (const channel of channels.values()) {
      while (bytes > maxBytes && channel.messageCount > 0) bytes -= channel.dropOldest()
      if (bytes <= maxBytes) return
    }
  }

  async function* subscribe(
    name: string,
    after: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ChannelMessage> {
    sweep()
    const channel = channelOf(name)
    let seen = after ?? 0
    channel.listeners++
    try {
      while (!signal.aborted) {
        const message = channel.firstBehind(seen, clock.monotonic() - keepMs)
        if (message !== undefined) {
          seen = message.id
          yield message
        } else if (channel.ended) return
        else await channel.changes.next(signal)
      }
    } finally {
      channel.listeners--
    }
  }

  return {
    engine: 'memory',
    shared: false,
    publish: async (name, data) => {
      sweep()
      const channel = channelOf(name)
      if (channel.ended)
        throw new RiskloomError('conflict', `Channel ${name} has ended`, { details: { channel: name } })
      channels.delete(name)
      channels.set(name, channel)
      bytes += channel.add(data, clock.monotonic())
      while (channel.messageCount > maxMessages) bytes -= channel.dropOldest()
      shrink()
    },
    subscribe,
    end: async name => channelOf(name).end(clock.monotonic()),
    check: () => Promise.resolve(),
    close: async () => {
      for (const channel of channels.values()) channel.end(clock.monotonic())
      channels.clear()
    },
  }
}
