import { RiskloomError } from '../../../engine/error.ts'
import type { SandboxRequest, SandboxResult } from '../../../engine/ports/sandbox.ts'
import type { Telemetry } from '../../../engine/ports/telemetry.ts'
import { timedOut } from './evaluate.ts'
import { fairQueue } from './fair-queue.ts'
import type { RunMessage, WorkerMessage } from './protocol.ts'
import { startThread, type Thread } from './thread.ts'

export interface PoolOptions {
  readonly entry: string
  /** Threads at most. The last one is never given to a workspace that already holds the others. */
  readonly size: number
  readonly telemetry?: Telemetry
  /** Starts a thread; tests replace it. */
  readonly start?: typeof startThread
}

export interface Pool {
  run(request: SandboxRequest): Promise<SandboxResult>
  /** Resolves when a thread is ready to take a call. */
  warm(): Promise<void>
  close(): void
}

interface Task {
  readonly request: SandboxRequest
  readonly settle: (result: SandboxResult) => void
  readonly fail: (error: Error) => void
  /** Threads that died under it. */
  deaths: number
}

interface Member {
  readonly thread: Thread
  ready: boolean
  /** Has been ready at least once: dying later is not a failure to start. */
  born: boolean
  task: Task | undefined
  timer: NodeJS.Timeout | undefined
}

/** How long after the deadline the interrupt handler may still end a run before the thread is ended instead. */
const graceMs = 200
/** A thread that needs longer than this to make its next context is ended. */
const resetMs = 2_000
const maxWaiting = 10_000
/** After so many threads in a row that did not start, callers are told. */
const maxStartFailures = 5

export function pool(options: PoolOptions): Pool {
  const members = new Set<Member>()
  const queue = fairQueue<Task>()
  const warming: { done: () => void; fail: (error: Error) => void }[] = []
  let closed = false
  let startFailures = 0
  let backOff: NodeJS.Timeout | undefined
  let nextId = 1

  const running = (workspace: string): number =>
    [...members].filter(member => member.task?.request.workspace === workspace).length
  const mayStart = (workspace: string): boolean => running(workspace) < Math.max(1, options.size - 1)

  function pump(): void {
    for (;;) {
      const free = [...members].find(member => member.ready)
      if (free === undefined) break
      const task = queue.take(mayStart)
      if (task === undefined) return
      assign(free, task)
    }
    if (wanted()) spawn()
  }

  function wanted(): boolean {
    const coming = [...members].filter(member => !member.born || (member.born && !member.ready && !member.task)).length
    if (closed || backOff !== undefined || members.size >= options.size || coming > 0) return false
    return queue.some(mayStart) || (warming.length > 0 && members.size === 0)
  }

  function spawn(): void {
    const member: Member = {
      ready: false,
      born: false,
      task: undefined,
      timer: undefined,
      thread: (options.start ?? startThread)(options.entry, {
        message: message => onMessage(member, message),
        gone: reason => onGone(member, reason),
      }),
    }
    members.add(member)
  }

  function assign(member: Member, task: Task): void {
    const { code, inputs, timeoutMs } = task.request
    const message: RunMessage = { id: nextId, code, inputs, timeoutMs }
    nextId += 1
    member.ready = false
    member.task = task
    member.timer = setTimeout(() => kill(member, timeoutMs), timeoutMs + graceMs)
    member.thread.hold(true)
    member.thread.send(message)
  }

  function onMessage(member: Member, message: WorkerMessage): void {
    clearTimeout(member.timer)
    if (message.kind === 'result') {
      const task = member.task
      member.task = undefined
      member.timer = setTimeout(() => remove(member), resetMs)
      task?.settle(message.result)
    } else {
      member.ready = true
      member.born = true
      startFailures = 0
      member.thread.hold(false)
      for (const waiter of warming.splice(0)) waiter.done()
    }
    pump()
  }

  /** The watchdog: native loops do not ask the interrupt handler. */
  function kill(member: Member, timeoutMs: number): void {
    const task = member.task
    options.telemetry?.count('sandbox_killed', 1)
    remove(member)
    task?.settle({ ...timedOut(timeoutMs), ms: timeoutMs + graceMs })
    pump()
  }

  function remove(member: Member): void {
    clearTimeout(member.timer)
    members.delete(member)
    member.thread.end()
  }

  function onGone(member: Member, reason: string): void {
    clearTimeout(member.timer)
    if (!members.delete(member) || closed) return
    options.telemetry?.log('warn', `A sandbox thread ended: ${reason}`, {})
    if (member.task) retry(member.task)
    if (!member.born) failedStart(reason)
    pump()
  }

  /** The code has no effects, so it may run again; code that ends a second thread is at fault itself. */
  function retry(task: Task): void {
    task.deaths += 1
    if (task.deaths < 2) queue.unshift(task.request.workspace, task)
    else
      task.settle({
        ok: false,
        kind: 'limit',
        message: 'error: the code used up the memory or stack of its sandbox',
        ms: 0,
      })
  }

  function failedStart(reason: string): void {
    startFailures += 1
    if (startFailures >= maxStartFailures) {
      for (const waiter of [...queue.drain(), ...warming.splice(0)]) waiter.fail(unusable(reason))
    }
    backOff = setTimeout(
      () => {
        backOff = undefined
        pump()
      },
      Math.min(5_000, 50 * 2 ** startFailures),
    )
  }

  return {
    run: request =>
      new Promise((settle, fail) => {
        if (closed) return fail(unusable('it is closed'))
        if (queue.waiting(request.workspace) >= maxWaiting) return fail(unusable(`${maxWaiting} calls wait already`))
        queue.push(request.workspace, { request, settle, fail, deaths: 0 })
        pump()
      }),
    warm: () =>
      new Promise((done, fail) => {
        if (closed) return fail(unusable('it is closed'))
        if ([...members].some(member => member.ready)) return done()
        warming.push({ done, fail })
        pump()
      }),
    close() {
      closed = true
      clearTimeout(backOff)
      for (const member of members) {
        member.task?.fail(unusable('it is closed'))
        remove(member)
      }
      for (const waiter of [...queue.drain(), ...warming.splice(0)]) waiter.fail(unusable('it is closed'))
    },
  }
}

function unusable(reason: string): RiskloomError {
  return new RiskloomError('sandbox-failed', `The code sandbox cannot be used: ${reason}`, { transient: true })
}
