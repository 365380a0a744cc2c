import { setMaxListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { codeOf, messageOf, RiskloomError } from '../engine/error.ts'
import type { Graph } from '../engine/graph/graph.ts'
import type { BatchItem, BatchRequest, BatchResult } from '../engine/ports/durable.ts'
import { runOf } from '../engine/run/run-of.ts'
import type { RunState } from '../engine/run/state.ts'
import { begin } from '../engine/run/step.ts'
import { backOff } from './back-off.ts'
import { drive, type Drive } from './drive.ts'
import { decodeFrame } from './frames.ts'
import { ownerOf, type Journal } from './journal.ts'
import type { Setting } from './options.ts'
import { persist } from './persist.ts'
import type { Recorded } from './recorded.ts'
import { endedRun } from './run-record.ts'

/** Milliseconds of work after which other work of the process gets its turn. */
const turnMs = 5

/** Recorded results of a batch by item, then by try of the item. */
type Results = ReadonlyMap<string, ReadonlyMap<number, readonly Recorded[]>>

const noResults: Results = new Map()

/** A batch that is running. */
interface Batch {
  readonly request: BatchRequest
  readonly graph: Graph
  readonly recorded: Results
  /** Aborts when the caller does, when the executor closes, or when an item breaks the batch. */
  readonly signal: AbortSignal
  fail(error: unknown): void
}

/** The batches of one workspace. Their inputs stay with the caller; only recorded results are journaled. */
export class Batches {
  readonly #workspace: string
  readonly #journal: Journal
  readonly #setting: Setting
  readonly #running = new Map<string, Promise<unknown>>()

  constructor(workspace: string, journal: Journal, setting: Setting) {
    this.#workspace = workspace
    this.#journal = journal
    this.#setting = setting
  }

  /** Resolves when no batch is running any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running.values())
  }

  run(request: BatchRequest, graph: Graph): Promise<BatchResult[]> {
    const { batchId } = request
    if (this.#running.has(batchId)) throw new RiskloomError('conflict', `batch ${batchId} is running already`)
    const running = this.#run(request, graph).finally(() => this.#running.delete(batchId))
    this.#running.set(batchId, running)
    return running
  }

  async #run(request: BatchRequest, graph: Graph): Promise<BatchResult[]> {
    const { closing, faults } = this.#setting
    const controller = new AbortController()
    setMaxListeners(0, controller.signal)
    const sources = [closing, ...(request.signal === undefined ? [] : [request.signal])]
    const abort = () => controller.abort(sources.find(source => source.aborted)?.reason)
    for (const source of sources) source.addEventListener('abort', abort)
    try {
      if (sources.some(source => source.aborted)) abort()
      if (faults.active) await faults.hit('start', 'before')
      const recorded = await this.#recorded(request.batchId)
      if (faults.active) await faults.hit('start', 'after')
      const fail = (error: unknown) => controller.abort(error)
      return await this.#runItems({ request, graph, recorded, signal: controller.signal, fail })
    } finally {
      for (const source of sources) source.removeEventListener('abort', abort)
    }
  }

  async release(batchId: string): Promise<void> {
    const owner = ownerOf.batch(batchId)
    if (this.#journal.lowWater.pinned(owner) === undefined) return
    await this.#journal.append(owner, { type: 'released' })
    this.#journal.release(owner)
  }

  async #runItems(batch: Batch): Promise<BatchResult[]> {
    const results: BatchResult[] = []
    const workers = Math.max(1, Math.min(batch.request.concurrency, batch.request.items.length))
    const queue = batch.request.items.entries()
    const turns = { since: this.#setting.services.clock.monotonic() }
    const work = Array.from({ length: workers }, () => this.#work(batch, queue, results, turns))
    try {
      await Promise.all(work)
    } catch (error) {
      batch.fail(error)
      await Promise.allSettled(work)
      throw batch.signal.reason ?? error
    }
    return results
  }

  /** One of the workers that share the queue. Items whose nodes are all pure run to their ends without a pause. */
  async #work(
    batch: Batch,
    queue: IterableIterator<[number, BatchItem]>,
    results: BatchResult[],
    turns: { since: number },
  ): Promise<void> {
    const { clock } = this.#setting.services
    for (const [place, item] of queue) {
      batch.signal.throwIfAborted()
      const result = this.#runItem(batch, item)
      results[place] = result instanceof Promise ? await result : result
      if (clock.monotonic() - turns.since < turnMs) continue
      await nextTurn()
      turns.since = clock.monotonic()
    }
  }

  #runItem(batch: Batch, item: BatchItem): BatchResult | Promise<BatchResult> {
    const first = this.#begin(batch, item, 1, new Map())
    if (first.ended === undefined && !isPassing(first.state)) return resultOf(item, first.state, 1)
    return this.#tries(batch, item, first)
  }

  async #tries(batch: Batch, item: BatchItem, first: Drive): Promise<BatchResult> {
    let current = first
    for (let attempt = 1; ; attempt += 1) {
      await this.#ended(batch, current)
      const { state } = current
      if (!isPassing(state) || attempt >= batch.request.attempts) return resultOf(item, state, attempt)
      // A try of which results are recorded was made before the crash: nobody waits for it again.
      if (!batch.recorded.get(item.key)?.has(attempt + 1)) await this.#wait(batch, state, attempt)
      current = this.#begin(batch, item, attempt + 1, keptOf(batch.graph, current))
    }
  }

  /** Rejects when the batch cannot go on; a bug in the run is the failure of this run. */
  async #ended(batch: Batch, { state, ended }: Drive): Promise<void> {
    try {
      await ended
    } catch (error) {
      batch.signal.throwIfAborted()
      if (codeOf(error) === 'corrupt-data') throw error
      this.#setting.telemetry.log('error', 'run broke', {
        workspace: this.#workspace,
        runId: state.context.runId,
        error,
      })
      const run = endedRun(runOf(state), 'failed', `internal: ${messageOf(error)}`, this.#setting.services.clock.now())
      Object.assign(state, { status: run.status, error: run.error, finishedAt: run.finishedAt })
      state.transient = error instanceof RiskloomError && error.transient
    }
  }

  async #wait(batch: Batch, state: RunState, attempt: number): Promise<void> {
    const { limits, chance, services } = this.#setting
    await services.clock.sleep(backOff(limits, attempt, state.retryAfter, chance), batch.signal)
  }

  #begin(batch: Batch, item: BatchItem, itemAttempt: number, kept: ReadonlyMap<number, Recorded>): Drive {
    const { request, graph } = batch
    const { services, faults, limits } = this.#setting
    const context = {
      workspace: this.#workspace,
      runId: item.runId,
      appId: request.version.appId,
      versionId: request.version.id,
      purpose: request.purpose,
      user: '',
      events: false,
      traces: request.traces ?? true,
    }
    return drive(begin(graph, context, item.inputs, services.clock.now()), {
      graph,
      bindings: request.version.bindings,
      services,
      faults,
      limits,
      signal: batch.signal,
      recorded: batch.recorded.get(item.key)?.get(itemAttempt) ?? [],
      kept,
      record: result => this.#record(batch, item, itemAttempt, result),
      publish: () => {},
    })
  }

  /** Keeps what a node answered until it is durable: asking the model again would cost as much again. */
  async #record(batch: Batch, item: BatchItem, itemAttempt: number, result: Recorded): Promise<void> {
    const owner = ownerOf.batch(batch.request.batchId)
    const frame = { type: 'completed', item: item.key, itemAttempt, ...result } as const
    const persistence = { workspace: this.#workspace, setting: this.#setting, signal: batch.signal }
    await persist(persistence, () => this.#journal.append(owner, frame))
  }

  async #recorded(batchId: string): Promise<Results> {
    const owner = ownerOf.batch(batchId)
    const from = this.#journal.lowWater.pinned(owner)
    if (from === undefined) return noResults
    const results = new Map<string, Map<number, Recorded[]>>()
    for await (const record of this.#journal.frames(from.journal)) {
      if (record.key !== owner) continue
      const frame = decodeFrame(record.value)
      if (frame.type !== 'completed') continue
      const { type: _, item, itemAttempt, ...result } = frame
      const tries = results.get(item) ?? new Map<number, Recorded[]>()
      results.set(item, tries)
      tries.set(itemAttempt, [...(tries.get(itemAttempt) ?? []), result])
    }
    return results
  }
}

/** A failure that passes by itself: another try may succeed. */
function isPassing(state: RunState): boolean {
  return state.status === 'failed' && state.transient
}

/** What the next try need not do again: all results except that of the node that ended this try. */
function keptOf(graph: Graph, { results, state }: Drive): ReadonlyMap<number, Recorded> {
  const kept = new Map(results)
  const culprit = state.errorNode === null ? undefined : graph.nodeIndex.get(state.errorNode)
  if (culprit !== undefined) kept.delete(culprit)
  return kept
}

function resultOf(item: BatchItem, state: RunState, attempts: number): BatchResult {
  return { key: item.key, run: runOf(state), attempts, retriesExhausted: isPassing(state) }
}
