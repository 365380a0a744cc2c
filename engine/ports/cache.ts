import type { Port } from './port.ts'

/** Short-lived values. Losing them makes things slower, never wrong. Keys begin with the workspace. */
export interface Cache extends Port {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, ttlMs: number): Promise<void>
  /** Adds and returns the new sum; the first addition starts the time to live. For limits. */
  increment(key: string, by: number, ttlMs: number): Promise<number>
  delete(key: string): Promise<void>
}

/** One message of a channel with its place in the channel’s order. */
export interface ChannelMessage {
  readonly id: number
  readonly data: string
}

/** Ordered messages to whoever listens now or comes back within minutes. */
export interface Events extends Port {
  publish(channel: string, data: string): Promise<void>
  /** First what is kept behind `after`, then what comes, until abort. A channel that was closed ends the iteration. */
  subscribe(channel: string, after: number | undefined, signal: AbortSignal): AsyncIterable<ChannelMessage>
  /** Nothing more will come; kept messages stay readable for their time. */
  end(channel: string): Promise<void>
}

/** Mutual exclusion with a fencing token that rises with each acquisition. */
export interface Locks extends Port {
  /** Undefined when somebody else holds it. */
  acquire(name: string, ttlMs: number): Promise<{ token: number; release(): Promise<void> } | undefined>
}
