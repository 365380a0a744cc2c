import type * as z from 'zod'
import { RiskloomError } from '../../engine/error.ts'
import type { Row } from './database.ts'

/** Form of the JSON documents that this build writes. */
const documentVersion = 1

/** A JSON document as it is stored: every one carries the version of its form. */
export function packDocument(content: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...content, v: documentVersion })
}

/** Content of a stored document. Fails with `corrupt-data` on a form this build does not know. */
export function unpackDocument(document: unknown): Record<string, unknown> {
  if (typeof document !== 'object' || document === null || !('v' in document) || document.v !== documentVersion) {
    throw new RiskloomError('corrupt-data', 'a stored JSON document has a form that this build does not know')
  }
  const { v: _, ...content } = document
  return content
}

/** A row becomes a trusted noun here. Fails with `corrupt-data`, naming the noun and the field. */
export function readRow<Schema extends z.ZodType>(schema: Schema, noun: string, row: Row): z.infer<Schema> {
  const parsed = schema.safeParse(row)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  throw new RiskloomError('corrupt-data', `a stored ${noun} is not valid: ${field} ${issue?.message}`, {
    details: { noun, field },
  })
}

/** The same for at most one row. */
export function readFirst<Schema extends z.ZodType>(
  schema: Schema,
  noun: string,
  rows: readonly Row[],
): z.infer<Schema> | undefined {
  return rows[0] === undefined ? undefined : readRow(schema, noun, rows[0])
}
