/** Headers the client may send; it would add names of system and runtime, and headers from environment variables. */
const sentHeaders = ['authorization', 'content-type', 'accept', 'idempotency-key']

export interface IdleLimits {
  /** Longest wait for the first byte, milliseconds: models think. */
  readonly firstByteMs: number
  /** Longest silence after it. Comments that keep the connection alive count as life. */
  readonly betweenMs: number
}

/** The guarded fetch with time limits between bytes. `onTimeout` is told before the call ends. */
export function idleFetch(guarded: typeof fetch, limits: IdleLimits, onTimeout: () => void): typeof fetch {
  return async (input, init) => {
    const silence = new AbortController()
    let timer = arm(limits.firstByteMs)
    function arm(ms: number): NodeJS.Timeout {
      return setTimeout(() => {
        onTimeout()
        silence.abort()
      }, ms)
    }
    const signal = init?.signal ? AbortSignal.any([init.signal, silence.signal]) : silence.signal
    const given = new Headers(init?.headers)
    const headers = sentHeaders.flatMap((name): [string, string][] => {
      const value = given.get(name)
      return value === null ? [] : [[name, value]]
    })
    try {
      const response = await guarded(input, { ...init, headers, signal })
      clearTimeout(timer)
      if (response.body === null) return response
      timer = arm(limits.betweenMs)
      const watched = response.body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            clearTimeout(timer)
            timer = arm(limits.betweenMs)
            controller.enqueue(chunk)
          },
          flush: () => clearTimeout(timer),
        }),
      )
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
      return new Response(watched, { status: response.status, headers: response.headers })
    } catch (error) {
      clearTimeout(timer)
      throw error
    }
  }
}
