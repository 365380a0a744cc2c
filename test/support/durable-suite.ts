import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach } from 'vitest'
import type { Stream } from '../../engine/ports/stream.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import { openWorld, type World, type WorldOptions } from './durable-world.ts'
import { scriptedServices, type Script } from './scripted-services.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const echo: Script = prompt => `answer to ${prompt}`

/** A world that counts the prompts its model was asked. */
export interface CountedWorld extends World {
  readonly calls: () => string[]
}

export interface DurableSuite {
  /** The folder of the test. */
  readonly path: () => string
  /** Opens an executor on the folder; it is closed after the test. */
  readonly world: (script?: Script, more?: Partial<WorldOptions>) => Promise<CountedWorld>
  /** Closes it now, as a stop of the process in order. */
  readonly closed: (world: World) => Promise<void>
  /** Leaves it as a dead process would. */
  readonly abandoned: (world: World) => Promise<void>
}

/** A new folder for each test, and worlds on it. */
export function durableSuite(open: WorldOptions['open']): DurableSuite {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let worlds: World[] = []

  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close()
    await folder.remove()
  })

  const forget = (world: World) => {
    worlds = worlds.filter(({ stream }) => stream !== world.stream)
  }
  return {
    path: () => folder.path,
    async world(script = echo, more = {}) {
      const calls: string[] = []
      const services = scriptedServices(script, prompt => calls.push(prompt))
      const opened = await openWorld({ folder: folder.path, open, services, ...more })
      worlds.push(opened)
      return { ...opened, calls: () => calls }
    },
    async closed(world) {
      forget(world)
      await world.close()
    },
    async abandoned(world) {
      forget(world)
      await world.stream.close()
    },
  }
}

export async function allEvents(events: AsyncIterable<RunEvent> | undefined): Promise<RunEvent[]> {
  const list: RunEvent[] = []
  for await (const event of events ?? []) list.push(event)
  return list
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** Waits that the test ends by name, or all together. */
export function gates(): { wait(name: string): Promise<void>; open(name?: string): void } {
  const opened = new Set<string>()
  let all = false
  let waiting: { name: string; go: () => void }[] = []
  return {
    wait: name =>
      all || opened.has(name) ? Promise.resolve() : new Promise(resolve => waiting.push({ name, go: resolve })),
    open(name) {
      if (name === undefined) all = true
      else opened.add(name)
      const ready = waiting.filter(entry => all || opened.has(entry.name))
      waiting = waiting.filter(entry => !ready.includes(entry))
      for (const { go } of ready) go()
    },
  }
}

/** A stream that tells of each append before it happens. */
export function spying(onAppend: (topic: string) => unknown): (stream: Stream) => Stream {
  return stream => ({
    ...stream,
    append: async (topic, records) => {
      await onAppend(topic)
      return stream.append(topic, records)
    },
  })
}

/** Runs `durable-child.ts` to its end. */
export function runChild(args: string[]): Promise<{ signal: NodeJS.Signals | null; output: string }> {
  const script = fileURLToPath(new URL('./durable-child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise(resolve => child.once('exit', (_, signal) => resolve({ signal, output })))
}
