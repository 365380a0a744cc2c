import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RiskloomError } from '../../../engine/error.ts'
import type { Retention } from '../../../engine/ports/stream.ts'
import { diskError, syncFolder } from '../../durable-files.ts'
import { TopicGroups } from './groups.ts'
import { fileNameOf } from './names.ts'
import { createTopicFolder } from './topic-file.ts'
import { TopicLog, type LogContext } from './topic-log.ts'

export interface Topic {
  readonly log: TopicLog
  readonly groups: TopicGroups
}

/** Folders of topics that are being made or removed begin so; a crash leaves them behind and the next opening cleans. */
const passing = '.'

/** The topics of a stream: one folder each, opened when first used. */
export class Topics {
  readonly #folder: string
  readonly #context: LogContext
  /** Names of topic folders that exist. */
  readonly #names: Set<string>
  readonly #opening = new Map<string, Promise<Topic>>()
  readonly #open = new Map<string, Topic>()
  /** Open, and whoever asked before it was open has gone ahead. */
  readonly #ready = new Map<string, Topic>()
  /** Making and removing topics happens one at a time. */
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  private constructor(folder: string, names: readonly string[], context: LogContext) {
    this.#folder = folder
    this.#names = new Set(names)
    this.#context = context
  }

  static async open(folder: string, context: LogContext): Promise<Topics> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await syncFolder(dirname(folder))
    const names = await readdir(folder)
    const leftovers = names.filter(name => name.startsWith(passing))
    await Promise.all(leftovers.map(name => rm(join(folder, name), { recursive: true, force: true })))
    return new Topics(
      folder,
      names.filter(name => !name.startsWith(passing)),
      context,
    )
  }

  /** The topic if it is open already: the way of appends, which may not overtake those that wait for the opening. */
  ready(topic: string): Topic | undefined {
    return this.#ready.get(topic)
  }

  async find(topic: string): Promise<Topic | undefined> {
    if (this.#closed) throw closed()
    const name = fileNameOf(topic)
    if (!this.#names.has(name)) return undefined
    return this.#opening.get(topic) ?? this.#openTopic(topic, name)
  }

  async get(topic: string): Promise<Topic> {
    const found = await this.find(topic)
    if (found === undefined) throw missing(topic)
    return found
  }

  ensure(topic: string, partitions: number, retention: Retention): Promise<void> {
    return this.#alone(async () => {
      if (topic === '' || !Number.isInteger(partitions) || partitions < 1) {
        throw new RiskloomError('invalid-request', `Topic ${JSON.stringify(topic)} with ${partitions} partitions`, {
          details: { topic, partitions },
        })
      }
      const found = await this.find(topic)
      if (found === undefined) await this.#create(topic, partitions, retention)
      else await found.log.configure(partitions, retention)
    })
  }

  delete(topic: string): Promise<void> {
    return this.#alone(async () => {
      const name = fileNameOf(topic)
      if (!this.#names.has(name)) return
      // A damaged topic cannot be opened, but it can be removed.
      const found = await this.find(topic).catch(() => undefined)
      this.#names.delete(name)
      this.#open.delete(topic)
      this.#ready.delete(topic)
      this.#opening.delete(topic)
      await found?.log.stop(missing(topic))
      const away = this.#passingFolder()
      await rename(join(this.#folder, name), away)
      await syncFolder(this.#folder)
      await rm(away, { recursive: true, force: true })
    })
  }

  async sweep(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ log }) => log.sweep()))
  }

  /** Throws when the stream, or one of the topics in use, takes no appends. */
  check(): void {
    if (this.#closed) throw closed()
    for (const { log } of this.#open.values()) if (log.broken !== undefined) throw log.broken
  }

  async close(): Promise<void> {
    await this.#alone(async () => {
      this.#closed = true
      await Promise.allSettled(this.#opening.values())
      // Appends that waited for an opening go ahead before their log is stopped.
      await new Promise(setImmediate)
      await Promise.all([...this.#open.values()].map(({ log }) => log.stop(closed())))
    })
  }

  #openTopic(topic: string, name: string): Promise<Topic> {
    const folder = join(this.#folder, name)
    const opened = TopicLog.open(folder, this.#context).then(log => {
      const made = { log, groups: new TopicGroups(folder) }
      this.#open.set(topic, made)
      setImmediate(() => {
        if (this.#open.get(topic) === made) this.#ready.set(topic, made)
      })
      return made
    })
    this.#opening.set(topic, opened)
    opened.catch(() => this.#opening.delete(topic))
    return opened
  }

  async #create(topic: string, partitions: number, retention: Retention): Promise<void> {
    const draft = this.#passingFolder()
    const name = fileNameOf(topic)
    try {
      await createTopicFolder(draft, { v: 1, topic, partitions, retention }, this.#context.clock.now())
      await rename(draft, join(this.#folder, name))
      await syncFolder(this.#folder)
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      throw diskError(error, this.#folder)
    }
    this.#names.add(name)
    await this.#openTopic(topic, name)
  }

  #passingFolder(): string {
    return join(this.#folder, passing + randomBytes(8).toString('hex'))
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }
}

function missing(topic: string): RiskloomError {
  return new RiskloomError('stream-not-found', `There is no topic ${topic}`, { details: { topic } })
}

function closed(): RiskloomError {
  return new RiskloomError('unavailable', 'The stream is closed')
}
