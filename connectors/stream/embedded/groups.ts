import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { diskError, syncFolder, systemCode, writeFileDurably } from '../../durable-files.ts'
import { fileNameOf } from './names.ts'
import { damaged } from './segment.ts'

const GroupFile = z.strictObject({
  v: z.literal(1),
  group: z.string(),
  /** Per partition; null where nothing was committed. */
  offsets: z.array(z.int().min(0).nullable()),
})

type Offsets = (number | null)[]

interface Commit {
  readonly offsets: readonly { partition: number; offset: number }[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Committed offsets of one consumer group of one topic: a small file, replaced whole. */
class GroupOffsets {
  offsets: Offsets
  readonly #group: string
  readonly #path: string
  #waiting: Commit[] = []
  #writing = false

  constructor(group: string, path: string, offsets: Offsets) {
    this.#group = group
    this.#path = path
    this.offsets = offsets
  }

  /** Commits that arrive while one is being written share the next write. */
  commit(offsets: Commit['offsets']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ offsets, resolve, reject })
      if (!this.#writing) void this.#write()
    })
  }

  async #write(): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      const commits = this.#waiting
      this.#waiting = []
      const offsets = merged(this.offsets, commits)
      try {
        await makeFolder(dirname(this.#path))
        await writeFileDurably(this.#path, JSON.stringify({ v: 1, group: this.#group, offsets }))
        this.offsets = offsets
        for (const commit of commits) commit.resolve()
      } catch (error) {
        for (const commit of commits) commit.reject(error)
      }
    }
    this.#writing = false
  }
}

function merged(stored: Offsets, commits: readonly Commit[]): Offsets {
  const offsets = [...stored]
  for (const { partition, offset } of commits.flatMap(commit => commit.offsets)) {
    while (offsets.length <= partition) offsets.push(null)
    offsets[partition] = offset
  }
  return offsets
}

/** The consumer groups of one topic, in the folder `groups` of the topic. */
export class TopicGroups {
  readonly #folder: string
  readonly #groups = new Map<string, Promise<GroupOffsets>>()

  constructor(topicFolder: string) {
    this.#folder = join(topicFolder, 'groups')
  }

  async commit(group: string, offsets: Commit['offsets']): Promise<void> {
    await (await this.#open(group)).commit(offsets)
  }

  async committed(group: string): Promise<Offsets> {
    return (await this.#open(group)).offsets
  }

  #open(group: string): Promise<GroupOffsets> {
    const known = this.#groups.get(group)
    if (known !== undefined) return known
    const path = join(this.#folder, `${fileNameOf(group)}.json`)
    const opening = readOffsets(path).then(offsets => new GroupOffsets(group, path, offsets))
    this.#groups.set(group, opening)
    opening.catch(() => this.#groups.delete(group))
    return opening
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
    await syncFolder(dirname(path))
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw diskError(error, path)
  }
}

async function readOffsets(path: string): Promise<Offsets> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
  try {
    return GroupFile.parse(JSON.parse(text)).offsets
  } catch (error) {
    throw damaged(path, 0, 'it does not hold committed offsets', error)
  }
}
