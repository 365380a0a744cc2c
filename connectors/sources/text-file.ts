import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { messageOf, RiskloomError } from '../../engine/error.ts'
import type { RowCutter, TextRow } from './lines.ts'

const headBytes = 64 * 1024
const gzipMagic = [0x1f, 0x8b]

/** Rows of a file in pieces, at the pace at which they are taken. Files that end in `.gz` are unpacked on the way. */
export async function* fileRows(path: string, cutter: RowCutter, signal: AbortSignal): AsyncGenerator<TextRow[]> {
  const decoder = new TextDecoder('utf-8')
  for await (const bytes of contents(path, signal)) {
    const rows = cutter.push(decoder.decode(bytes, { stream: true }))
    if (rows.length > 0) yield rows
  }
  const rest = [...cutter.push(decoder.decode()), ...cutter.end()]
  if (rest.length > 0) yield rest
}

async function* contents(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: headBytes, signal })
  // `pipeline` hands an error of the file on to whoever reads the unpacked stream.
  const bytes = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file
  try {
    for await (const chunk of bytes) yield chunk as Uint8Array // no encoding is set: chunks are bytes
  } catch (error) {
    if (signal.aborted) throw error
    throw new RiskloomError('invalid-request', `file.path: ${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** Rejects with `invalid-request` when there is no such file or it is no text in UTF-8. */
export async function checkTextFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw wrong(path, `cannot be opened: ${messageOf(error)}`)
  })
  if (!found.isFile()) throw wrong(path, 'is no file')
  const head = await readHead(path)
  const zipped = gzipMagic.every((byte, index) => head[index] === byte)
  if (zipped !== path.endsWith('.gz'))
    throw wrong(path, zipped ? 'is packed with gzip; its name must end in .gz' : 'is not packed with gzip')
  if (!zipped && !isUtf8(wholeCharacters(head))) throw wrong(path, 'is not UTF-8; save it as UTF-8')
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(headBytes), 0, headBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Without a character that the end of the head cuts in two: at most three bytes. */
function wholeCharacters(head: Uint8Array): Uint8Array {
  if (head.length < headBytes) return head
  let end = head.length
  while (end > head.length - 4 && ((head[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1
  return head.subarray(0, end - 1)
}

function wrong(path: string, message: string): RiskloomError {
  return new RiskloomError('invalid-request', `file.path: ${path} ${message}`, {
    details: { field: 'file.path', value: path },
  })
}
