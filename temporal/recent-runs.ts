import type { RunEvent } from '../schemas/run-event.ts'
import type { Run } from '../schemas/run.ts'
import { RiskloomError } from '../engine/error.ts'
import type { RunHandle } from '../engine/ports/durable.ts'
import type { EventLog } from './event-log.ts'
import type { Journal } from './journal.ts'
import type { Setting } from './options.ts'
import { eventsOfRun } from './run-record.ts'

/** Ended runs that are known by their place; about 100 bytes each. */
const maximumKnown = 100_000

/** Runs that ended lately. Records are read from the topic where they ended, events are kept in memory for a while. */
export class RecentRuns {
  readonly #journal: Journal
  readonly #setting: Setting
  readonly #offsets = new Map<string, number>()
  readonly #logs = new Map<string, { readonly log: EventLog; readonly endedAt: number }>()

  constructor(journal: Journal, setting: Setting) {
    this.#journal = journal
    this.#setting = setting
  }

  add(runId: string, offset: number, log?: EventLog): void {
    this.#offsets.set(runId, offset)
    if (this.#offsets.size > maximumKnown) this.#offsets.delete(oldest(this.#offsets))
    if (log === undefined) return
    const { limits, services } = this.#setting
    const now = services.clock.now()
    this.#logs.set(runId, { log, endedAt: now })
    for (const [name, { endedAt }] of this.#logs) {
      if (this.#logs.size <= limits.recentLogs && endedAt > now - limits.recentMs) return
      this.#logs.delete(name)
    }
  }

  async get(runId: string): Promise<Run | undefined> {
    const offset = this.#offsets.get(runId)
    return offset === undefined ? undefined : this.#journal.readRun(offset)
  }

  handle(runId: string): RunHandle | undefined {
    const offset = this.#offsets.get(runId)
    if (offset === undefined) return undefined
    const finished = this.#read(offset)
    finished.catch(() => {})
    return { runId, finished, events: () => this.events(runId, 0) ?? this.#rebuilt(offset, 0) }
  }

  events(runId: string, after: number): AsyncIterable<RunEvent> | undefined {
    const offset = this.#offsets.get(runId)
    const kept = this.#logs.get(runId)?.log.after(after)
    return kept ?? (offset === undefined ? undefined : this.#rebuilt(offset, after))
  }

  async #read(offset: number): Promise<Run> {
    const run = await this.#journal.readRun(offset)
    if (run === undefined) throw new RiskloomError('not-found', 'the record of this run was removed by retention')
    return run
  }

  async *#rebuilt(offset: number, after: number): AsyncGenerator<RunEvent> {
    const run = await this.#journal.readRun(offset)
    if (run !== undefined) yield* eventsOfRun(run).slice(after)
  }
}

function oldest(map: ReadonlyMap<string, unknown>): string {
  return map.keys().next().value ?? ''
}
