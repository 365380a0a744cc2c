import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RiskloomError } from '../../engine/error.ts'
import type { Blobs } from '../../engine/ports/blobs.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import { syncFolder, systemCode, writeFileDurably } from '../durable-files.ts'

const dayMs = 86_400_000

/**
 * Objects as files below a folder, one file a path; segments may not begin with a dot.
 * Objects that are being written lie in `.writing`, so that no listing meets them.
 */
export async function folderBlobs(options: { folder: string; clock: Clock }): Promise<Blobs> {
  const root = options.folder
  const workshop = join(root, '.writing')
  const known = new Set<string>()
  await mkdir(workshop, { recursive: true, mode: 0o700 })
  await syncFolder(dirname(root))
  await removeLeftovers(workshop, options.clock.now() - dayMs)

  return {
    engine: 'folder',
    shared: false,
    put: async (path, bytes) => {
      const file = fileOf(root, path)
      await makeFolders(root, dirname(path), known)
      await writeFileDurably(file, bytes, workshop)
    },
    get: path => readOrNothing(fileOf(root, path)),
    delete: async path => {
      const file = fileOf(root, path)
      await rm(file, { force: true }).catch(ignoreMissing)
      await syncFolder(dirname(file)).catch(ignoreMissing)
    },
    list: async prefix => {
      if (prefix !== '' && !prefix.endsWith('/')) throw invalid(prefix, 'a prefix ends with `/`')
      if (prefix !== '') fileOf(root, prefix.slice(0, -1))
      const found: string[] = []
      await collect(root, prefix, found)
      return found.sort()
    },
    check: async () => {
      await readdir(root)
    },
    close: () => Promise.resolve(),
  }
}

function fileOf(root: string, path: string): string {
  if (path.includes('\0') || path.includes('\\')) throw invalid(path, 'NUL and backslash are not allowed')
  for (const segment of path.split('/')) {
    if (segment === '') throw invalid(path, 'empty segments and absolute paths are not allowed')
    if (segment.startsWith('.')) throw invalid(path, 'segments may not begin with a dot')
    if (Buffer.byteLength(segment) > 200) throw invalid(path, 'a segment is at most 200 bytes')
  }
  return join(root, path)
}

function invalid(path: string, reason: string): RiskloomError {
  return new RiskloomError('invalid-request', `Blob path ${JSON.stringify(path)}: ${reason}`, { details: { path } })
}

/** Makes missing folders from the top down, each durable before the next. */
async function makeFolders(root: string, path: string, known: Set<string>): Promise<void> {
  if (path === '.' || known.has(path)) return
  await makeFolders(root, dirname(path), known)
  const folder = join(root, path)
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error
  })
  await syncFolder(dirname(folder))
  known.add(path)
}

/** What a crash left half-written; a day is longer than any write takes. */
async function removeLeftovers(workshop: string, before: number): Promise<void> {
  for (const name of await readdir(workshop)) {
    const file = join(workshop, name)
    if ((await stat(file)).mtimeMs < before) await rm(file, { force: true })
  }
}

async function collect(root: string, prefix: string, found: string[]): Promise<void> {
  const entries = await readdir(join(root, prefix), { withFileTypes: true }).catch((error: unknown) => {
    ignoreMissing(error)
    return []
  })
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) await collect(root, `${prefix}${entry.name}/`, found)
    else if (entry.isFile()) found.push(prefix + entry.name)
  }
}

async function readOrNothing(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (systemCode(error) === 'EISDIR') return undefined
    ignoreMissing(error)
    return undefined
  }
}

function ignoreMissing(error: unknown): void {
  const code = systemCode(error)
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
}
