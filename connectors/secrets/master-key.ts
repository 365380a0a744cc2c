import { randomBytes } from 'node:crypto'
import { link, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RiskloomError } from '../../engine/error.ts'
import { syncFolder, systemCode, writeFileDurably } from '../durable-files.ts'

/** The 32 bytes of a key written as 64 hex digits or as base64; fails with `invalid-setting` naming where it came from. */
export function parseMasterKey(text: string, origin: string): Buffer {
  const trimmed = text.trim()
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  if (key.length !== 32) {
    throw new RiskloomError(
      'invalid-setting',
      `${origin} must hold 32 bytes as 64 hex digits or base64 (\`openssl rand -base64 32\` makes one); it holds ${key.length}`,
      { details: { setting: origin } },
    )
  }
  return key
}

/** Reads the key file, made on the first call. Fails with `invalid-setting` when others may read it. */
export async function fileMasterKey(file: string): Promise<Buffer> {
  const text = (await readKey(file)) ?? (await createKey(file))
  const mode = (await stat(file)).mode & 0o777
  if ((mode & 0o077) !== 0) {
    throw new RiskloomError('invalid-setting', `Others may read ${file} (mode ${mode.toString(8)}): chmod 600 it`, {
      details: { file },
    })
  }
  return parseMasterKey(text, file)
}

async function readKey(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Written aside and then linked, so that of two processes that start at once the same key wins for both. */
async function createKey(file: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFileDurably(draft, `${randomBytes(32).toString('base64')}\n`)
  try {
    await link(draft, file)
    await syncFolder(dirname(file))
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  return readFile(file, 'utf8')
}
