import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { RiskloomError } from '../../../engine/error.ts'
import { writeFileDurably } from '../../durable-files.ts'

const Credentials = z.strictObject({ v: z.literal(1), owner: z.string().min(32), application: z.string().min(32) })

/** Passwords of the two roles of the embedded server. */
export type Credentials = z.infer<typeof Credentials>

/** Generated at the first start, kept in a file that only we may read. */
export async function readCredentials(folder: string, mayCreate: boolean): Promise<Credentials> {
  const path = join(folder, 'credentials.json')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined && mayCreate) return createCredentials(path)
  const parsed = Credentials.safeParse(parseJson(text ?? ''))
  if (parsed.success) return parsed.data
  throw new RiskloomError('corrupt-data', `${path} is missing or damaged: it holds the passwords of the database`, {
    details: { path },
  })
}

async function createCredentials(path: string): Promise<Credentials> {
  const credentials: Credentials = { v: 1, owner: password(), application: password() }
  await writeFileDurably(path, JSON.stringify(credentials))
  return credentials
}

function password(): string {
  return randomBytes(24).toString('base64url')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
