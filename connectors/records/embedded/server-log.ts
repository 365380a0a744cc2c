import { open, readFile, stat, truncate, type FileHandle } from 'node:fs/promises'
import { RiskloomError } from '../../../engine/error.ts'

/** Bytes after which a start begins the log anew. */
const largestLog = 8 * 1024 * 1024

/** The server writes its log itself: it must not depend on a pipe to a process that can die before it. */
export async function openLog(path: string): Promise<FileHandle> {
  const size = await stat(path).then(
    found => found.size,
    () => 0,
  )
  if (size > largestLog) await truncate(path, 0)
  return open(path, 'a', 0o600)
}

export async function logSize(path: string): Promise<number> {
  return (await stat(path)).size
}

const damaged =
  /checkpoint record|not a valid data directory|invalid data in file|incorrect checksum|invalid page|PANIC|could not read file|could not open file|database files are incompatible|bogus data|missing or erroneous/i

/** Why the server ended, from what it wrote since `offset`. */
export async function failureFrom(path: string, offset: number): Promise<RiskloomError> {
  const written = (await readFile(path)).subarray(offset).toString('utf8')
  const lines = written.split('\n').filter(line => /FATAL|PANIC|ERROR|error while loading/.test(line))
  const reason = lines.at(-1)?.replace(/^.*?(FATAL|PANIC|ERROR): +/, '') ?? 'it ended without a word'
  const message = `PostgreSQL does not start: ${reason} (log: ${path})`
  if (/No space left on device/.test(written)) return new RiskloomError('disk-full', message)
  if (lines.some(line => damaged.test(line))) return new RiskloomError('corrupt-data', message, { details: { path } })
  return new RiskloomError('records-unavailable', message, { details: { path } })
}
