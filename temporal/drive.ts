import { setMaxListeners } from 'node:events'
import type { RunEvent } from '../schemas/run-event.ts'
import type { Bindings } from '../schemas/version.ts'
import { messageOf, RiskloomError } from '../engine/error.ts'
import type { Graph } from '../engine/graph/graph.ts'
import type { NodeOutcome, NodeServices } from '../engine/nodes/node.ts'
import type { Faults } from '../engine/ports/faults.ts'
import { advance, execute, type ExecuteOptions } from '../engine/run/execute.ts'
import { hasEnded, type Command, type Completion, type NodeFinished, type Progress } from '../engine/run/state.ts'
import type { RunNode, RunState, Wait } from '../engine/run/state.ts'
import { step } from '../engine/run/step.ts'
import { diverged, type Recorded } from './recorded.ts'

/** Milliseconds. */
export interface DriveLimits {
  /** Time of a run since it was started or resumed in this process, without what its results waited for the journal. */
  readonly runMs: number
  /** Time of one try of one node. */
  readonly nodeMs: number
}

export interface DriveOptions {
  readonly graph: Graph
  readonly bindings: Bindings
  readonly services: NodeServices
  readonly faults: Faults
  readonly limits: DriveLimits
  /** Gives the run up: the promise rejects with the signal's reason and nothing more is recorded. */
  readonly signal: AbortSignal
  /** Results that an earlier process recorded of this very run, in their order. */
  readonly recorded: readonly Recorded[]
  /** Results of earlier tries of the run, by node index: taken instead of running the node again. */
  readonly kept: ReadonlyMap<number, Recorded>
  /** Makes a result durable. The run goes on when it resolves, and breaks off when it rejects. */
  record(result: Recorded): Promise<void>
  publish(events: readonly RunEvent[]): void
}

/** A run on its way. */
export interface Drive {
  readonly state: RunState
  /** Resolves when the run has ended; undefined when it ended at once, because all of its nodes were pure. */
  readonly ended: Promise<void> | undefined
  /** The last result of each node that does not run again in a replay, by node index. */
  readonly results: ReadonlyMap<number, Recorded>
  stop(reason: string): void
}

/** Carries a run from its beginning to its end. Throws, or rejects, only for a broken world, a bug or an abort. */
export function drive(progress: Progress, options: DriveOptions): Drive {
  const driver = new Driver(progress.state, options)
  return {
    state: progress.state,
    ended: driver.start(progress),
    results: driver.results,
    stop: reason => driver.stop(reason),
  }
}

class Driver {
  readonly results = new Map<number, Recorded>()
  readonly #state: RunState
  readonly #options: DriveOptions
  readonly #execution: ExecuteOptions
  /** Commands that nobody carries out yet. */
  #commands: Command[] = []
  readonly #inbox: { readonly completion: Completion; readonly at: number }[] = []
  #wake: () => void = () => {}
  /** Results arrive in the order in which they were handed to the journal. */
  #delivery: Promise<void> = Promise.resolve()
  /** Aborts whatever is under way when the run is over. */
  readonly #over = new AbortController()
  /** Results that wait for the journal, since when, and milliseconds of earlier waits. */
  readonly #journal = { waiting: 0, since: 0, total: 0 }
  #broken: { readonly reason: unknown } | undefined

  constructor(state: RunState, options: DriveOptions) {
    this.#state = state
    this.#options = options
    this.#execution = {
      services: options.services,
      bindings: options.bindings,
      signal: this.#over.signal,
      ...(state.context.events
        ? { onText: (node, output, text) => this.#push({ kind: 'text', node, output, text }) }
        : {}),
    }
  }

  start(progress: Progress): Promise<void> | undefined {
    if (this.#options.faults.active) return this.#runWithFaults(progress)
    this.#absorb(progress)
    return hasEnded(this.#state) && this.#options.recorded.length === 0 ? undefined : this.#run()
  }

  stop(reason: string): void {
    this.#push({ kind: 'stop', reason })
  }

  async #runWithFaults(progress: Progress): Promise<void> {
    await this.#options.faults.hit('node', 'before')
    this.#absorb(progress)
    await this.#options.faults.hit('node', 'after')
    await this.#run()
  }

  async #run(): Promise<void> {
    const { signal, limits } = this.#options
    const abandon = () => this.#break(signal.reason)
    setMaxListeners(0, this.#over.signal)
    signal.addEventListener('abort', abandon)
    try {
      if (signal.aborted) abandon()
      this.#replay()
      if (!hasEnded(this.#state)) {
        this.#limit(limits.runMs)
        await this.#pump()
      }
    } finally {
      signal.removeEventListener('abort', abandon)
      this.#over.abort(new RiskloomError('run-stopped', 'the run is over'))
    }
  }

  /** An outage of the journal must not stop the runs that wait for its end: that time is given back. */
  #limit(ms: number): void {
    const before = this.#journalMs()
    this.#after(ms, () => {
      const given = this.#journalMs() - before
      if (given > 0) return this.#limit(given)
      const seconds = this.#options.limits.runMs / 1000
      this.stop(`Maximum execution time exceeded: ${seconds.toFixed(2)}s > ${seconds}s`)
    })
  }

  /** Milliseconds for which results have waited for the journal until now. */
  #journalMs(): number {
    const { waiting, since, total } = this.#journal
    return waiting === 0 ? total : total + this.#options.services.clock.monotonic() - since
  }

  async #record(result: Recorded): Promise<void> {
    const { clock } = this.#options.services
    const journal = this.#journal
    if (journal.waiting === 0) journal.since = clock.monotonic()
    journal.waiting += 1
    try {
      await this.#options.record(result)
    } finally {
      if (journal.waiting === 1) journal.total = this.#journalMs()
      journal.waiting -= 1
    }
  }

  /** Feeds the recorded results in their order, before anything is carried out. */
  #replay(): void {
    const seen = new Set<string>()
    for (const result of this.#options.recorded) {
      const name = `${result.node}/${result.attempt}`
      if (seen.has(name)) continue
      seen.add(name)
      const node = this.#options.graph.nodeIndex.get(result.node)
      if (node === undefined) throw diverged(this.#state.context.runId, result)
      this.#fireTimer(node, result.at)
      const place = this.#commands.findIndex(
        command => command.kind === 'run-node' && command.node === node && command.attempt === result.attempt,
      )
      if (place < 0) {
        // A pure node that had to wait then, and need not now (a model that is in memory by this time).
        if (this.#options.graph.nodes[node]?.effect === 'pure') continue
        throw diverged(this.#state.context.runId, result)
      }
      this.#commands.splice(place, 1)
      // A node that answered while another one ended the run: recorded, but too late to matter.
      if (hasEnded(this.#state)) continue
      this.#take(node, result)
    }
  }

  #fireTimer(node: number, at: number): void {
    const place = this.#commands.findIndex(command => command.kind === 'wait' && command.node === node)
    const [timer] = place < 0 ? [] : this.#commands.splice(place, 1)
    if (timer !== undefined) this.#step({ kind: 'timer', node, attempt: timer.attempt }, at)
  }

  async #pump(): Promise<void> {
    for (;;) {
      this.#dispatch()
      if (this.#inbox.length === 0) await new Promise<void>(resolve => (this.#wake = resolve))
      if (this.#broken !== undefined) throw this.#broken.reason
      for (let arrived = this.#inbox.shift(); arrived !== undefined; arrived = this.#inbox.shift()) {
        this.#step(arrived.completion, arrived.at)
        if (hasEnded(this.#state)) return
      }
    }
  }

  #dispatch(): void {
    const commands = this.#commands
    this.#commands = []
    for (const command of commands) {
      if (command.kind === 'wait') this.#wait(command)
      else void this.#runNode(command)
    }
  }

  #wait({ node, attempt, ms }: Wait): void {
    this.#after(ms, () => this.#push({ kind: 'timer', node, attempt }))
  }

  /** Never rejects. */
  async #runNode(command: RunNode): Promise<void> {
    const { clock } = this.#options.services
    const startedAt = clock.now()
    const began = clock.monotonic()
    const outcome = await this.#outcome(command)
    if (this.#over.signal.aborted) return
    const result: Recorded = {
      node: this.#options.graph.nodes[command.node]?.id ?? '',
      attempt: command.attempt,
      outcome,
      startedAt,
      elapsedMs: clock.monotonic() - began,
      at: clock.now(),
    }
    const durable = this.#record(result)
    this.#delivery = Promise.all([durable, this.#delivery]).then(
      () => this.#push(this.#completion(command.node, result), result.at),
      (reason: unknown) => this.#break(reason),
    )
  }

  async #outcome(command: RunNode): Promise<NodeOutcome> {
    const { faults, graph, limits } = this.#options
    const node = new AbortController()
    const signal = AbortSignal.any([node.signal, this.#over.signal])
    try {
      if (faults.active) await faults.hit('node', 'before')
      const late = new Promise<NodeOutcome>(resolve => {
        this.#after(
          limits.nodeMs,
          () => resolve(failed('NodeTimeoutError', `Node ran longer than ${limits.nodeMs / 1000} seconds`)),
          signal,
        )
      })
      const outcome = await Promise.race([execute(graph, this.#state, command, { ...this.#execution, signal }), late])
      if (faults.active) await faults.hit('node', 'after')
      return outcome
    } catch (error) {
      // A bug of a node is the failure of its run and of nothing else.
      const transient = error instanceof RiskloomError && error.transient
      return { ...failed('InternalError', `internal: ${messageOf(error)}`), ...(transient ? { transient } : {}) }
    } finally {
      node.abort(new RiskloomError('limit-exceeded', 'the node is over'))
    }
  }

  /** Takes a result in, and at once whatever follows from results that are kept. */
  #take(node: number, result: Recorded): void {
    this.#step(this.#completion(node, result), result.at)
  }

  #completion(node: number, result: Recorded): NodeFinished {
    this.results.set(node, result)
    const { attempt, outcome, startedAt, elapsedMs } = result
    return { kind: 'node-finished', node, attempt, outcome, startedAt, elapsedMs }
  }

  #step(completion: Completion, now: number): void {
    this.#absorb(step(this.#options.graph, this.#state, completion, now))
  }

  #absorb(progress: Progress): void {
    const { commands, events } = advance(this.#options.graph, progress, this.#execution)
    if (events.length > 0) this.#options.publish(events)
    for (const command of commands) {
      if (hasEnded(this.#state)) return
      const kept = command.kind === 'run-node' ? this.#options.kept.get(command.node) : undefined
      if (kept === undefined) this.#commands.push(command)
      else this.#take(command.node, { ...kept, attempt: command.attempt })
    }
  }

  #push(completion: Completion, at = this.#options.services.clock.now()): void {
    this.#inbox.push({ completion, at })
    this.#wake()
  }

  #break(reason: unknown): void {
    this.#broken ??= { reason }
    this.#wake()
  }

  /** Acts after a time, unless the run (or the signal) is over before. */
  #after(ms: number, act: () => void, signal: AbortSignal = this.#over.signal): void {
    this.#options.services.clock.sleep(ms, signal).then(act, () => {})
  }
}

function failed(errorType: string, error: string): NodeOutcome & { ok: false } {
  return { ok: false, inputs: {}, error, errorType }
}
