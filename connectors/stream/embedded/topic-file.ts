import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { writeFileDurably } from '../../durable-files.ts'
import { createSegment, damaged } from './segment.ts'

const TopicFile = z.strictObject({
  v: z.literal(1),
  topic: z.string(),
  partitions: z.int().min(1),
  retention: z.strictObject({ ms: z.number().exactOptional(), bytes: z.number().exactOptional() }),
})

/** What a topic was made with; stands in its folder as `topic.json`. */
export type TopicFile = z.infer<typeof TopicFile>

/** Fails with `corrupt-data`. */
export async function readTopicFile(folder: string): Promise<TopicFile> {
  const path = join(folder, 'topic.json')
  try {
    return TopicFile.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw damaged(path, 0, 'it does not describe a topic', error)
  }
}

export async function writeTopicFile(folder: string, file: TopicFile): Promise<void> {
  await writeFileDurably(join(folder, 'topic.json'), JSON.stringify(file))
}

/** Makes the folder of a new, empty topic; the caller moves it to its place. */
export async function createTopicFolder(folder: string, file: TopicFile, now: number): Promise<void> {
  await mkdir(folder, { mode: 0o700 })
  await createSegment(folder, 1, { next: [], lastBefore: 0, startedAt: now })
  await writeTopicFile(folder, file)
}
