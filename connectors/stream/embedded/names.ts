import { createHash } from 'node:crypto'

const longest = 180

/**
 * A topic or group name as a file name: lower-case letters, digits, `-`, `_` and inner dots stay, every other byte
 * becomes `%xx`, so that names differ on file systems that ignore case. A long one is cut and ends in its hash; the true
 * name stands inside the files.
 */
export function fileNameOf(name: string): string {
  let encoded = ''
  for (const byte of Buffer.from(name)) {
    const letter = String.fromCharCode(byte)
    const plain = /[a-z0-9_-]/.test(letter) || (letter === '.' && encoded !== '')
    encoded += plain ? letter : `%${byte.toString(16).padStart(2, '0')}`
  }
  if (encoded.length <= longest) return encoded
  return `${encoded.slice(0, longest - 33)}~${createHash('sha256').update(name).digest('hex').slice(0, 32)}`
}

/** Name of a segment file by its place in the log. */
export function segmentName(sequence: number): string {
  return `${String(sequence).padStart(12, '0')}.log`
}

/** The place of a segment file in the log; undefined for other files. */
export function sequenceOf(name: string): number | undefined {
  return /^\d{12}\.log$/.test(name) ? Number(name.slice(0, 12)) : undefined
}
