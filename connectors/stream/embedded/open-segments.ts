import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { unfinished } from '../../durable-files.ts'
import type { Handles } from './handles.ts'
import { sequenceOf } from './names.ts'
import { damaged, openSegment, type Segment } from './segment.ts'

/**
 * The segments of a topic, oldest first, and the last one again by itself. What a crash left unfinished is removed.
 * Fails with `corrupt-data` when a file between two others, or every file, is missing.
 */
export async function openSegments(handles: Handles, folder: string): Promise<{ segments: Segment[]; last: Segment }> {
  const names = await readdir(folder)
  for (const name of names) if (name.endsWith(unfinished)) await rm(join(folder, name), { force: true })
  const sequences = names.map(sequenceOf).filter(sequence => sequence !== undefined)
  sequences.sort((left, right) => left - right)
  const segments: Segment[] = []
  for (const sequence of sequences) {
    const previous = segments.at(-1)
    if (previous !== undefined && sequence !== previous.sequence + 1) {
      throw damaged(previous.path, previous.size, 'the file that follows it is missing')
    }
    segments.push(await openSegment(handles, folder, sequence))
  }
  const last = segments.at(-1)
  if (last === undefined) throw damaged(folder, 0, 'it holds no segment')
  return { segments, last }
}
