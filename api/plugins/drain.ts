import type { IncomingMessage } from 'node:http'

/** What a client that sends too much may still send, so that it comes to reading our answer. */
const limit = { bytes: 64 * 1024 * 1024, ms: 5_000 }

/** Reads the rest of a request and throws it away: an answer to somebody who still writes is lost with the connection. */
export function drain(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve()
  return new Promise(resolve => {
    let bytes = 0
    const count = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > limit.bytes) finish()
    }
    const timer = setTimeout(() => finish(), limit.ms)
    const finish = (): void => {
      clearTimeout(timer)
      request.off('data', count)
      resolve()
    }
    request.on('data', count).once('end', finish).once('close', finish)
  })
}
