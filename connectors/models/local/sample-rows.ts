import * as z from 'zod'
import { RiskloomError } from '../../../engine/error.ts'
import { Sample } from '../../../schemas/sample-set.ts'

/** The rows of a sample set as they lie in its blob: JSON Lines. */
export function encodeSamples(rows: readonly Sample[]): Uint8Array {
  return Buffer.from(rows.map(row => `${JSON.stringify(row)}\n`).join(''))
}

/** Fails with `corrupt-data`, naming the line. */
export function decodeSamples(bytes: Uint8Array, path: string): Sample[] {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n')
  return lines.flatMap((line, index) => (line === '' ? [] : [decodeLine(line, `${path}, line ${index + 1}`)]))
}

function decodeLine(line: string, place: string): Sample {
  try {
    return Sample.parse(JSON.parse(line))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is not JSON'
    throw new RiskloomError('corrupt-data', `${place}: ${reason}`, { cause, details: { place } })
  }
}
