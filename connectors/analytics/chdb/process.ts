import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { RiskloomError } from '../../../engine/error.ts'
import type { Telemetry } from '../../../engine/ports/telemetry.ts'
import { builtEntry } from '../../built-entry.ts'

/** The process that holds the folder. It is started again whenever it ends by itself. */
export interface ChdbProcess {
  /** Where it listens; the same over restarts. */
  readonly socketPath: string
  /** Resolves when it listens; rejects with `analytics-unavailable` when that takes too long. */
  ready(): Promise<void>
  close(): Promise<void>
}

export interface ChdbProcessOptions {
  readonly folder: string
  readonly database: string
  readonly telemetry: Telemetry
}

/**
 * Caches of a server are sized for machines that do nothing else. Ours are small, and all queries together stay below half
 * of the memory, so that a heavy one gets an error and not the whole machine.
 */
const engineArguments = [
  '--mark_cache_size=67108864',
  '--primary_index_cache_size=67108864',
  '--index_mark_cache_size=16777216',
  '--query_condition_cache_size=16777216',
  '--max_server_memory_usage_to_ram_ratio=0.5',
]

/** Statements run on the thread pool of libuv: with its default of 4 a few heavy ones would hold up everything else. */
const environment = { UV_THREADPOOL_SIZE: '16', TZ: 'UTC' }

const lockedMessage = /Cannot lock file|Another server instance/
/** A predecessor whose parent died needs a moment to notice it. */
const lockPatienceMs = 3_000
const lockRetryMs = 100
const startTimeoutMs = 60_000
const closeTimeoutMs = 10_000
const longestBackOffMs = 5_000
/** How long a statement waits for a process that is being started again. */
const readyPatienceMs = 15_000

export async function chdbProcess(options: ChdbProcessOptions): Promise<ChdbProcess> {
  // Not in the data folder: the path of a socket may have only about 100 bytes.
  const socketFolder = await mkdtemp(join(tmpdir(), 'riskloom-'))
  const socketPath = join(socketFolder, 'chdb.sock')
  const state = { closing: false, child: undefined as ChildProcess | undefined, failures: 0 }

  const begin = async (): Promise<void> => {
    const child = await startPatiently(options, socketPath)
    state.child = child
    const ended = (): void => {
      if (state.closing) return
      const { exitCode, signalCode } = child
      options.telemetry.log('error', 'the analytics process ended and is started again', { exitCode, signalCode })
      options.telemetry.count('analytics_restarts', 1)
      current = restart()
      current.catch(() => undefined)
    }
    if (hasEnded(child)) ended()
    else child.once('exit', ended)
  }
  const restart = async (): Promise<void> => {
    await delay(Math.min(50 * 2 ** state.failures, longestBackOffMs))
    state.failures += 1
    if (state.closing) throw unavailable('analytics is closed')
    try {
      await begin()
      state.failures = 0
    } catch (error) {
      options.telemetry.log('error', 'the analytics process does not start', { error })
      return restart()
    }
  }
  let current = begin()
  await current.catch(async (error: unknown) => {
    await rm(socketFolder, { recursive: true, force: true })
    throw error
  })
  return {
    socketPath,
    ready: () => within(readyPatienceMs, current),
    async close() {
      state.closing = true
      await current.catch(() => undefined)
      if (state.child !== undefined) await end(state.child)
      await rm(socketFolder, { recursive: true, force: true })
    },
  }
}

function unavailable(message: string): RiskloomError {
  return new RiskloomError('analytics-unavailable', message, { transient: true })
}

async function within(ms: number, started: Promise<void>): Promise<void> {
  const timer = new AbortController()
  const late = delay(ms, undefined, { signal: timer.signal }).then(() => {
    throw unavailable(`the analytics process does not start within ${ms / 1_000} s`)
  })
  // Cut short below; then nobody waits for it.
  late.catch(() => undefined)
  try {
    await Promise.race([started, late])
  } finally {
    timer.abort()
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function startPatiently(options: ChdbProcessOptions, socketPath: string): Promise<ChildProcess> {
  const deadline = performance.now() + lockPatienceMs
  for (;;) {
    const started = await start(options, socketPath)
    if ('child' in started) return started.child
    if (!lockedMessage.test(started.failure)) {
      throw unavailable(`chDB does not start: ${started.failure}`)
    }
    if (performance.now() > deadline) {
      throw new RiskloomError('data-folder-in-use', `${options.folder} is in use by another process`, {
        details: { folder: options.folder },
      })
    }
    await delay(lockRetryMs)
  }
}

async function start(
  { folder, database, telemetry }: ChdbProcessOptions,
  socketPath: string,
): Promise<{ child: ChildProcess } | { failure: string }> {
  const child = fork(builtEntry(import.meta.url, 'child'), [folder, socketPath, database, ...engineArguments], {
    detached: true,
    env: environment,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const said: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < 100) said.push(text)
    telemetry.log('debug', 'chdb', { text })
  })
  // A broken channel shows as the end of the process.
  child.on('error', error => said.push(error.message))
  const problem = await firstWord(child)
  if (problem === undefined) return { child }
  child.kill('SIGKILL')
  return { failure: `${problem} ${said.join('')}`.trim() }
}

/** Undefined when the child is ready, else what went wrong. */
async function firstWord(child: ChildProcess): Promise<string | undefined> {
  const signal = AbortSignal.timeout(startTimeoutMs)
  const message = once(child, 'message', { signal }).then(([word]: unknown[]) => failureIn(word))
  // The pipes are read to their end before `close`, so the engine’s own words are complete.
  const end = once(child, 'close', { signal }).then(([code, by]: unknown[]) => `ended with ${String(code ?? by)}`)
  end.catch(() => undefined)
  const first = await Promise.race([message, end]).catch(() => `no answer in ${startTimeoutMs / 1_000} s`)
  if (first !== undefined) await end.catch(() => undefined)
  return first
}

/** The child sends `{type: 'ready'}` or `{type: 'failed', message}`. */
function failureIn(word: unknown): string | undefined {
  if (typeof word !== 'object' || word === null || !('message' in word)) return undefined
  return String(word.message)
}

/** Asks first; whatever still runs after a while is cut off together with its process group. */
async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const gone = once(child, 'exit')
  if (child.connected) child.send({ type: 'close' })
  const timer = setTimeout(() => kill(child), closeTimeoutMs)
  await gone
  clearTimeout(timer)
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}
