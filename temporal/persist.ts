import type { Setting } from './options.ts'

/** What a write that has to succeed is repeated with. */
export interface Persistence {
  readonly workspace: string
  readonly setting: Setting
  /** Ends the repeating: rejects with its reason. */
  readonly signal: AbortSignal
}

/**
 * Writes until it is written: a full disk or a lost broker delays runs, and loses no answer that was paid for.
 * `written` finds what an append that failed may have written in spite of that.
 */
export async function persist<Result>(
  { workspace, setting, signal }: Persistence,
  write: () => Promise<Result>,
  written?: () => Promise<Result | undefined>,
): Promise<Result> {
  const { limits, services, telemetry } = setting
  for (let delay = limits.backOffMs; ; delay = Math.min(delay * 2, limits.maximumBackOffMs)) {
    try {
      return await write()
    } catch (error) {
      signal.throwIfAborted()
      telemetry.log('error', 'journal does not take results; trying again', { workspace, error })
    }
    await services.clock.sleep(delay, signal)
    const found = await written?.().catch(() => undefined)
    if (found !== undefined) return found
  }
}
