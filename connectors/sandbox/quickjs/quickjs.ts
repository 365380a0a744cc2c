import type { Sandbox } from '../../../engine/ports/sandbox.ts'
import type { Telemetry } from '../../../engine/ports/telemetry.ts'
import { builtEntry } from '../../built-entry.ts'
import { pool } from './pool.ts'

export interface QuickjsOptions {
  /** Threads at most; the last one starts only when a second workspace needs it. */
  readonly threads?: number
  readonly telemetry?: Telemetry
}

/** JavaScript in QuickJS (WebAssembly) on worker threads: a new runtime for every call, ended by a watchdog. */
export function quickjsSandbox(options: QuickjsOptions = {}): Sandbox {
  const threads = pool({
    entry: builtEntry(import.meta.url, 'worker'),
    size: options.threads ?? 3,
    ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry }),
  })
  return {
    engine: 'quickjs',
    shared: true,
    languages: ['javascript'],
    check: () => threads.warm(),
    close: () => Promise.resolve(threads.close()),
    async run(request) {
      if (request.language === 'javascript') return threads.run(request)
      return {
        ok: false,
        kind: 'error',
        message: `error: ${request.language} code needs a later version; this one runs javascript`,
        ms: 0,
      }
    },
  }
}
