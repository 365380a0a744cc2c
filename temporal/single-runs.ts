import type { RunEvent } from '../schemas/run-event.ts'
import type { Run } from '../schemas/run.ts'
import type { Version } from '../schemas/version.ts'
import { codeOf, messageOf, RiskloomError } from '../engine/error.ts'
import type { Graph } from '../engine/graph/graph.ts'
import type { RunHandle, RunRequest } from '../engine/ports/durable.ts'
import { runOf } from '../engine/run/run-of.ts'
import { begin } from '../engine/run/step.ts'
import { drive, type Drive } from './drive.ts'
import { EventLog } from './event-log.ts'
import type { AcceptedFrame } from './frames.ts'
import { ownerOf, type Journal } from './journal.ts'
import type { Setting } from './options.ts'
import { persist, type Persistence } from './persist.ts'
import { RecentRuns } from './recent-runs.ts'
import type { Recorded } from './recorded.ts'
import { acceptedRun, endedRun, finishedEvent } from './run-record.ts'

/** A run that has not ended. */
interface ActiveRun {
  readonly frame: AcceptedFrame
  readonly log: EventLog
  readonly finished: PromiseWithResolvers
  drive: Drive | undefined
  /** The last event waits until the end of the run is durable. */
  last: RunEvent | undefined
  /** Why it cannot be resumed by this program. */
  parked: string | undefined
  /** It is ended as stopped without being driven: nothing may take it up any more. */
  stopped: boolean
}

interface PromiseWithResolvers {
  readonly promise: Promise<Run>
  resolve(run: Run): void
  reject(reason: unknown): void
}

/** The single runs of one workspace: accepted durably, carried to their ends, each ended with exactly one record. */
export class SingleRuns {
  readonly #workspace: string
  readonly #journal: Journal
  readonly #setting: Setting
  readonly #persistence: Persistence
  readonly #active = new Map<string, ActiveRun>()
  readonly #accepting = new Map<string, Promise<RunHandle>>()
  readonly recent: RecentRuns

  constructor(workspace: string, journal: Journal, setting: Setting) {
    this.#workspace = workspace
    this.#journal = journal
    this.#setting = setting
    this.#persistence = { workspace, setting, signal: setting.closing }
    this.recent = new RecentRuns(journal, setting)
  }

  get count(): number {
    return this.#active.size + this.#accepting.size
  }

  /** Resolves when all runs that are under way now have ended, or were given up. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#accepting.values())
    const underWay = [...this.#active.values()].filter(run => run.parked === undefined)
    await Promise.allSettled(underWay.map(run => run.finished.promise))
  }

  start(request: RunRequest, graph: Graph): Promise<RunHandle> {
    const { runId } = request
    const active = this.#active.get(runId)
    if (active !== undefined) return Promise.resolve(handleOf(active))
    const accepting = this.#accepting.get(runId) ?? this.recent.handle(runId) ?? this.#accept(request, graph)
    if (accepting instanceof Promise) this.#accepting.set(runId, accepting)
    return Promise.resolve(accepting)
  }

  async #accept(request: RunRequest, graph: Graph): Promise<RunHandle> {
    const { runId, version, purpose, user, inputs } = request
    const at = this.#setting.services.clock.now()
    const frame: AcceptedFrame = {
      type: 'accepted',
      runId,
      appId: version.appId,
      versionId: version.id,
      purpose,
      user,
      inputs,
      at,
    }
    try {
      await this.#journal.append(ownerOf.run(runId), frame)
    } catch (error) {
      this.#journal.lowWater.unpin(ownerOf.run(runId))
      throw error
    } finally {
      this.#accepting.delete(runId)
    }
    const run = this.#add(frame)
    void this.#carry(run, graph, version, [])
    return handleOf(run)
  }

  /** Goes on with a run that an earlier process accepted. Never rejects. */
  async resume(
    frame: AcceptedFrame,
    recorded: readonly Recorded[],
    prepare: () => Promise<PreparedRun>,
  ): Promise<void> {
    const run = this.#add(frame)
    const { closing } = this.#setting
    try {
      const prepared = await unlessAborted(prepare(), closing)
      if (run.stopped) return
      if (prepared === 'gone')
        await this.#end(run, endedRun(this.#record(run), 'failed', goneMessage(frame), this.#now()))
      else await this.#carry(run, prepared.graph, prepared.version, recorded)
    } catch (error) {
      if (run.stopped) return
      if (closing.aborted) run.finished.reject(error)
      else this.park(frame, error)
    }
  }

  /** Keeps a run that cannot go on here: it stays in the journal, and can be seen with its reason and stopped. */
  park(frame: AcceptedFrame, error: unknown): void {
    const run = this.#active.get(frame.runId) ?? this.#add(frame)
    run.parked = messageOf(error)
    this.#setting.telemetry.log('error', 'run parked', { workspace: this.#workspace, runId: frame.runId, error })
    this.#setting.telemetry.count('parked-runs', 1, { workspace: this.#workspace })
  }

  async get(runId: string): Promise<Run | undefined> {
    const run = this.#active.get(runId)
    if (run === undefined) return this.recent.get(runId)
    const record = this.#record(run)
    if (run.parked !== undefined) return { ...record, status: 'paused', error: run.parked }
    return { ...record, nodes: [...record.nodes], modelCalls: [...record.modelCalls] }
  }

  /** Resolves when the run has ended durably. */
  async stop(runId: string): Promise<boolean> {
    const run = this.#active.get(runId)
    if (run === undefined) return false
    const reason = 'User requested stop'
    if (run.parked === undefined && run.drive !== undefined) run.drive.stop(reason)
    else if (!run.stopped) await this.#endUndriven(run, reason)
    await run.finished.promise
    return true
  }

  /** Ends a run that is parked or still being prepared. Never rejects: whoever waits for the end learns of it. */
  async #endUndriven(run: ActiveRun, reason: string): Promise<void> {
    run.stopped = true
    try {
      await this.#end(run, endedRun(this.#record(run), 'stopped', `Aborted: ${reason}`, this.#now()))
    } catch (error) {
      run.finished.reject(error)
    }
  }

  events(runId: string, after: number): AsyncIterable<RunEvent> | undefined {
    return this.#active.get(runId)?.log.after(after) ?? this.recent.events(runId, after)
  }

  #add(frame: AcceptedFrame): ActiveRun {
    const run = {
      frame,
      log: new EventLog(),
      finished: withResolvers(),
      drive: undefined,
      last: undefined,
      parked: undefined,
      stopped: false,
    }
    this.#active.set(frame.runId, run)
    return run
  }

  /** Never rejects: a bug ends this run, and a closing executor leaves it to the next start. */
  async #carry(run: ActiveRun, graph: Graph, version: Version, recorded: readonly Recorded[]): Promise<void> {
    try {
      const failure = await this.#drive(run, graph, version, recorded)
      const record = this.#record(run)
      const end =
        failure === undefined ? record : endedRun(record, 'failed', `internal: ${messageOf(failure)}`, this.#now())
      if (failure !== undefined) run.last = undefined
      await this.#end(run, end)
    } catch (error) {
      if (codeOf(error) === 'corrupt-data') this.park(run.frame, error)
      else run.finished.reject(error)
    }
  }

  /** Gives back what went wrong inside the run; rejects when the run has to wait for another start. */
  async #drive(run: ActiveRun, graph: Graph, version: Version, recorded: readonly Recorded[]): Promise<unknown> {
    const { closing, services, faults, limits, telemetry } = this.#setting
    const { runId, appId, versionId, purpose, user, inputs, at } = run.frame
    const context = { workspace: this.#workspace, runId, appId, versionId, purpose, user, events: true, traces: true }
    try {
      run.drive = drive(begin(graph, context, inputs, at), {
        graph,
        bindings: version.bindings,
        services,
        faults,
        limits,
        signal: closing,
        recorded,
        kept: new Map(),
        record: result => this.#journalResult(runId, result),
        publish: events => publish(run, events),
      })
      await run.drive.ended
      return undefined
    } catch (error) {
      if (closing.aborted || codeOf(error) === 'corrupt-data') throw error
      telemetry.log('error', 'run broke', { workspace: this.#workspace, runId, error })
      return error
    }
  }

  async #journalResult(runId: string, result: Recorded): Promise<void> {
    const frame = { type: 'completed', item: '', itemAttempt: 1, ...result } as const
    await persist(this.#persistence, () => this.#journal.append(ownerOf.run(runId), frame))
  }

  async #end(run: ActiveRun, record: Run): Promise<void> {
    const from = this.#journal.lowWater.ends.runs
    const written = () => this.#journal.findEnded(record.runId, from)
    const offset = await persist(this.#persistence, () => this.#journal.appendRun(record), written)
    run.log.append([run.last ?? finishedEvent(record, run.log.length + 1)])
    run.log.end()
    this.recent.add(record.runId, offset, run.log)
    this.#active.delete(record.runId)
    this.#journal.release(ownerOf.run(record.runId))
    this.#setting.telemetry.count('runs', 1, { status: record.status })
    this.#setting.telemetry.observe('run', record.elapsedMs, { status: record.status })
    run.finished.resolve(record)
  }

  #record(run: ActiveRun): Run {
    return run.drive === undefined ? acceptedRun(this.#workspace, run.frame) : runOf(run.drive.state)
  }

  #now(): number {
    return this.#setting.services.clock.now()
  }
}

/** A version that can run, or the news that it was deleted. */
export type PreparedRun = { readonly graph: Graph; readonly version: Version } | 'gone'

function publish(run: ActiveRun, events: readonly RunEvent[]): void {
  const last = events.at(-1)
  if (last?.type !== 'run-finished') return run.log.append(events)
  run.log.append(events.slice(0, -1))
  run.last = last
}

function handleOf(run: ActiveRun): RunHandle {
  return { runId: run.frame.runId, finished: run.finished.promise, events: () => run.log.after(0) }
}

function goneMessage(frame: AcceptedFrame): string {
  return new RiskloomError('not-found', `version ${frame.versionId} of app ${frame.appId} was deleted`).message
}

/** The same promise, except that it rejects when the signal aborts before. */
function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function withResolvers(): PromiseWithResolvers {
  let resolve: (run: Run) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<Run>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  // Whoever waits learns of a rejection; nobody has to wait.
  promise.catch(() => {})
  return { promise, resolve, reject }
}
