import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten-core'
import type { SandboxResult } from '../../../engine/ports/sandbox.ts'
import { prelude } from './prelude.ts'
import { limits, type RunMessage } from './protocol.ts'

/** A runtime and a context that no code has seen yet. Used for one run. */
export interface Cell {
  readonly runtime: QuickJSRuntime
  readonly context: QuickJSContext
  readonly call: QuickJSHandle
}

type Outcome =
  | { readonly ok: true; readonly outputs: string }
  | { readonly ok: false; readonly kind: 'error' | 'timeout' | 'limit'; readonly message: string }

export function newCell(module: QuickJSWASMModule): Cell {
  const runtime = module.newRuntime({ maxStackSizeBytes: limits.stackBytes })
  const context = runtime.newContext()
  return { runtime, context, call: context.unwrapResult(context.evalCode(prelude, 'sandbox')) }
}

export function disposeCell(cell: Cell): void {
  cell.call.dispose()
  cell.context.dispose()
  cell.runtime.dispose()
}

/** Runs `main` of the code under a deadline. The interrupt handler ends loops; jobs are run in slices for the same reason. */
export function evaluate(cell: Cell, request: RunMessage): SandboxResult {
  const started = performance.now()
  const deadline = started + request.timeoutMs
  cell.runtime.setInterruptHandler(() => performance.now() > deadline)
  const outcome = runMain(cell, request, deadline)
  const ms = performance.now() - started
  // An interrupted run reports an error of its own making; the clock knows better.
  if (!outcome.ok && ms >= request.timeoutMs) return { ...timedOut(request.timeoutMs), ms }
  return { ...outcome, ms }
}

export function timedOut(timeoutMs: number): Extract<Outcome, { ok: false }> {
  return { ok: false, kind: 'timeout', message: `error: timeout after ${timeoutMs / 1_000} s` }
}

function runMain(cell: Cell, request: RunMessage, deadline: number): Outcome {
  const { context } = cell
  const loaded = context.evalCode(request.code, 'code.js', { type: 'global' })
  if (loaded.error) return thrown(context, loaded.error)
  loaded.value.dispose()
  const main = context.evalCode("typeof main === 'function' ? main : undefined", 'sandbox')
  if (main.error) return thrown(context, main.error)
  if (context.typeof(main.value) !== 'function') {
    main.value.dispose()
    return { ok: false, kind: 'error', message: 'ReferenceError: the code defines no function main' }
  }
  const inputs = context.newString(request.inputs)
  const called = context.callFunction(cell.call, context.undefined, main.value, inputs)
  main.value.dispose()
  inputs.dispose()
  if (called.error) return thrown(context, called.error)
  return called.value.consume(promise => settle(cell, promise, deadline))
}

/** Jobs are run in slices, so that a chain of short jobs without end meets the clock too. */
const jobsPerSlice = 256

function settle(cell: Cell, promise: QuickJSHandle, deadline: number): Outcome {
  const { context, runtime } = cell
  for (;;) {
    const state = context.getPromiseState(promise)
    if (state.type === 'fulfilled') return state.value.consume(pair => readPair(context, pair))
    if (state.type === 'rejected') return thrown(context, state.error)
    if (performance.now() > deadline) return timedOut(0)
    const ran = runtime.executePendingJobs(jobsPerSlice)
    if (ran.error) return thrown(context, ran.error)
    if (ran.value === 0)
      return { ok: false, kind: 'error', message: 'Error: main returned a promise that nothing can settle' }
  }
}

/** The list [ok, text] that the prelude answers with. The text is measured before it is copied out. */
function readPair(context: QuickJSContext, pair: QuickJSHandle): Outcome {
  const ok = context.getProp(pair, 0).consume(handle => context.sameValue(handle, context.true))
  return context.getProp(pair, 1).consume(text => {
    // Code that replaces how promises resolve can put anything here.
    if (context.typeof(text) !== 'string') return { ok: false, kind: 'error', message: 'Error: main gave no result' }
    const length = context.getProp(text, 'length').consume(handle => context.getNumber(handle))
    if (!ok)
      return {
        ok: false,
        ...classify(context.getString(text).slice(0, 20_000)),
      }
    if (length <= limits.outputCharacters) return { ok: true, outputs: context.getString(text) }
    return {
      ok: false,
      kind: 'limit',
      message: `error: the output has ${length} characters, at most ${limits.outputCharacters} are allowed`,
    }
  })
}

function thrown(context: QuickJSContext, error: QuickJSHandle): Extract<Outcome, { ok: false }> {
  return error.consume(handle => ({ ok: false, ...classify(describe(context, handle)) }))
}

/** What was thrown outside `main`. It may be an object of the author, so that reading it runs code and may fail again. */
function describe(context: QuickJSContext, error: QuickJSHandle): string {
  try {
    return describeParts(context, error)
  } catch {
    return 'Uncaught error that cannot be shown'
  }
}

function describeParts(context: QuickJSContext, error: QuickJSHandle): string {
  if (context.typeof(error) === 'string') return `Uncaught ${context.getString(error).slice(0, 10_000)}`
  if (context.typeof(error) !== 'object') return 'Uncaught value'
  const part = (name: string): string =>
    context
      .getProp(error, name)
      .consume(handle => (context.typeof(handle) === 'string' ? context.getString(handle).slice(0, 10_000) : ''))
  const [name, text, stack] = [part('name'), part('message'), part('stack').slice(0, 2_000)]
  if (name === '' && text === '') return 'Uncaught error that cannot be shown'
  return `${name || 'Error'}: ${text}${stack === '' ? '' : `\n${stack}`}`
}

function classify(text: string): { kind: 'error' | 'limit'; message: string } {
  const message = text.trimEnd()
  const limit = /^InternalError: (out of memory|stack overflow)/.test(message)
  return { kind: limit ? 'limit' : 'error', message }
}
