import { setMaxListeners } from 'node:events'
import type { Version } from '../schemas/version.ts'
import { RiskloomError } from '../engine/error.ts'
import type { Durable } from '../engine/ports/durable.ts'
import { Batches } from './batches.ts'
import { Graphs } from './graphs.ts'
import { Journal } from './journal.ts'
import { defaultLimits, type DurableOptions, type Setting } from './options.ts'
import { recover, type UnfinishedRun } from './recovery.ts'
import { SingleRuns, type PreparedRun } from './single-runs.ts'

/** One workspace, as this process has it open. */
interface Space {
  readonly journal: Journal
  readonly runs: SingleRuns
  readonly batches: Batches
}

/**
 * Durable running in this process: a journal on the stream port, one topic a workspace.
 * Resolves when the journals are read; unfinished runs go on from there by themselves.
 */
export async function openEmbeddedDurable(options: DurableOptions): Promise<Durable> {
  const executor = new EmbeddedDurable(options)
  await executor.recover()
  return executor
}

class EmbeddedDurable implements Durable {
  readonly engine = 'embedded'
  readonly shared = false
  readonly #setting: Setting
  readonly #closing = new AbortController()
  readonly #graphs = new Graphs()
  readonly #spaces = new Map<string, Promise<Space>>()
  /** Those of the spaces whose journal was read. */
  readonly #opened = new Map<string, Space>()
  #closed: Promise<void> | undefined

  constructor(options: DurableOptions) {
    const limits = { ...defaultLimits, ...options.limits }
    // Every run under way listens; Node takes more than ten for a leak.
    setMaxListeners(0, this.#closing.signal)
    this.#setting = { chance: Math.random, ...options, limits, closing: this.#closing.signal }
  }

  async recover(): Promise<void> {
    for (const workspace of await this.#setting.workspaces()) await this.#space(workspace)
  }

  async start(...[request]: Parameters<Durable['start']>): ReturnType<Durable['start']> {
    this.#refuseWhenClosing()
    const { runs } = await this.#space(request.workspace)
    return runs.start(request, this.#graphs.of(request.version))
  }

  async runBatch(...[request]: Parameters<Durable['runBatch']>): ReturnType<Durable['runBatch']> {
    this.#refuseWhenClosing()
    const { batches } = await this.#space(request.workspace)
    return batches.run(request, this.#graphs.of(request.version))
  }

  async release(workspace: string, batchId: string): Promise<void> {
    const { batches } = await this.#space(workspace)
    await batches.release(batchId)
  }

  async get(workspace: string, runId: string): ReturnType<Durable['get']> {
    const { runs } = await this.#space(workspace)
    return runs.get(runId)
  }

  async stop(workspace: string, runId: string): Promise<boolean> {
    const { runs } = await this.#space(workspace)
    return runs.stop(runId)
  }

  events(workspace: string, runId: string, after = 0): ReturnType<Durable['events']> {
    return this.#opened.get(workspace)?.runs.events(runId, after)
  }

  async check(): Promise<void> {
    await this.#setting.stream.check()
    await Promise.all(this.#spaces.values())
  }

  /** Lets runs end for a while, then gives them up until the next start. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const { services, limits } = this.#setting
    const drained = new AbortController()
    const idle = Promise.all([...this.#opened.values()].map(space => space.runs.idle()))
    const late = services.clock.sleep(limits.drainMs, drained.signal).catch(() => {})
    await Promise.race([idle, late])
    drained.abort()
    this.#closing.abort(new RiskloomError('unavailable', 'this process is stopping; the run goes on at the next start'))
    await idle
    await Promise.all([...this.#opened.values()].map(space => space.batches.idle()))
    for (const { journal } of this.#opened.values()) await journal.commit()
  }

  #space(workspace: string): Promise<Space> {
    const known = this.#spaces.get(workspace)
    if (known !== undefined) return known
    const opening = this.#open(workspace)
    this.#spaces.set(workspace, opening)
    // What could not be opened may be tried again.
    opening.catch(() => this.#spaces.delete(workspace))
    return opening
  }

  async #open(workspace: string): Promise<Space> {
    const { limits, services, telemetry } = this.#setting
    const journal = await Journal.open(workspace, this.#setting)
    const runs = new SingleRuns(workspace, journal, this.#setting)
    const space = { journal, runs, batches: new Batches(workspace, journal, this.#setting) }
    const recovered = await recover(journal, services.clock.now() - limits.recentMs)
    for (const [runId, offset] of recovered.ended) runs.recent.add(runId, offset)
    if (recovered.lost > 0)
      telemetry.log('error', 'retention removed needed frames of the journal', { workspace, frames: recovered.lost })
    if (recovered.runs.length > 0) telemetry.log('info', 'resuming runs', { workspace, runs: recovered.runs.length })
    this.#opened.set(workspace, space)
    this.#resume(workspace, runs, recovered.runs)
    return space
  }

  #resume(workspace: string, runs: SingleRuns, unfinished: readonly UnfinishedRun[]): void {
    const versions = new Map<string, Promise<Version | undefined>>()
    for (const { frame, recorded, unreadable } of unfinished) {
      if (unreadable !== undefined) {
        runs.park(frame, unreadable)
        continue
      }
      const version = versions.get(frame.versionId) ?? this.#setting.loadVersion(workspace, frame.versionId)
      versions.set(frame.versionId, version)
      void runs.resume(frame, recorded, () => this.#prepare(version))
    }
  }

  async #prepare(loading: Promise<Version | undefined>): Promise<PreparedRun> {
    const version = await loading
    return version === undefined ? 'gone' : { version, graph: this.#graphs.of(version) }
  }

  #refuseWhenClosing(): void {
    if (this.#closed !== undefined)
      throw new RiskloomError('unavailable', 'this process is stopping', { transient: true })
  }
}
