import type { Port } from './port.ts'

export interface SandboxRequest {
  readonly workspace: string
  readonly language: 'javascript' | 'python3'
  readonly code: string
  /** Arguments of `main`, as JSON text that keeps 1 and 1.0 apart. */
  readonly inputs: string
  readonly timeoutMs: number
}

/** What the code returned, as JSON text, or its error as the author should see it. */
export type SandboxResult =
  | { readonly ok: true; readonly outputs: string; readonly ms: number }
  | { readonly ok: false; readonly kind: 'error' | 'timeout' | 'limit'; readonly message: string; readonly ms: number }

/** Runs code of users with no way out: no files, no network, bounded time, memory and output. */
export interface Sandbox extends Port {
  readonly languages: readonly SandboxRequest['language'][]
  /** Rejects only when the sandbox itself is broken (then the call may be repeated). */
  run(request: SandboxRequest): Promise<SandboxResult>
}
