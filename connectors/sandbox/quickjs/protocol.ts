import type { SandboxResult } from '../../../engine/ports/sandbox.ts'

/** What a run may use; the same numbers hold for every call. */
export const limits = {
  /** WebAssembly memory of a thread in pages of 64 KB: 16 MB for the engine to begin with, 32 MB for the code. */
  memoryPages: { initial: 256, maximum: 768 },
  stackBytes: 256 * 1_024,
  /** Characters of the JSON that `main` returns. */
  outputCharacters: 1_048_576,
} as const

/** From the pool to a worker. One run at a time. */
export interface RunMessage {
  readonly id: number
  readonly code: string
  readonly inputs: string
  readonly timeoutMs: number
}

/** From a worker to the pool: `ready` when it can take a call, and after it the result of each. */
export type WorkerMessage =
  { readonly kind: 'ready' } | { readonly kind: 'result'; readonly id: number; readonly result: SandboxResult }
