import { Worker } from 'node:worker_threads'
import type { RunMessage, WorkerMessage } from './protocol.ts'

/** A worker thread of the pool, seen from outside. */
export interface Thread {
  send(message: RunMessage): void
  /** Keeps the process alive while a call runs, lets it go while none does. */
  hold(busy: boolean): void
  end(): void
}

export interface ThreadEvents {
  message(message: WorkerMessage): void
  /** The thread is gone, whoever ended it. Comes once. */
  gone(reason: string): void
}

/** Room for V8 itself; the memory of the code is bounded inside QuickJS. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 8 }

export function startThread(entry: string, events: ThreadEvents): Thread {
  // No environment, no arguments: there is nothing to find even for code that would break out of QuickJS.
  const worker = new Worker(entry, { env: {}, argv: [], execArgv: [], stdout: true, stderr: true, resourceLimits })
  let reason = 'ended'
  worker.on('message', (message: WorkerMessage) => events.message(message))
  worker.on('error', error => {
    reason = error instanceof Error ? error.message : String(error)
  })
  worker.on('exit', () => events.gone(reason))
  return {
    send: message => worker.postMessage(message),
    hold: busy => (busy ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  }
}
