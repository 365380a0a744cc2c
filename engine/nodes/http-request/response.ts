import type { HttpResponse } from '../../ports/http.ts'
import { setKey, type MutableObject } from '../../values/object.ts'
import type { ObjectValue } from '../../values/value.ts'
import { RequestFailure } from './failure.ts'

/** Bounds of an answer, bytes. */
export const responseLimits = { textBytes: 1_048_576, fileBytes: 10 * 1_048_576 } as const

/** Status, text and headers of an answer. `file` tells that the body is one and not a text. */
export interface ReadResponse {
  readonly outputs: ObjectValue
  readonly file: { readonly mimeType: string; readonly size: number } | null
}

/** @throws RequestFailure when the text is too large */
export function readResponse(response: HttpResponse): ReadResponse {
  const headers = joinHeaders(response.headers)
  const contentType = headers.get('content-type') ?? ''
  const mimeType = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  const isFile =
    response.body.byteLength > 0 && looksLikeFile(response.body, mimeType, headers.get('content-disposition') ?? '')
  if (!isFile) checkSize('Text', response.body.byteLength, responseLimits.textBytes)
  const shown: MutableObject = {}
  for (const [name, value] of headers) setKey(shown, name, value)
  return {
    outputs: {
      status_code: BigInt(response.status),
      body: isFile ? '' : decodeText(response.body, contentType),
      headers: shown,
      files: [],
    },
    file: isFile ? { mimeType, size: response.body.byteLength } : null,
  }
}

function joinHeaders(headers: HttpResponse['headers']): Map<string, string> {
  const joined = new Map<string, string>()
  for (const [name, value] of headers) {
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return joined
}

const textApplications = [
  'json',
  'xml',
  'javascript',
  'x-www-form-urlencoded',
  'yaml',
  'graphql',
  'x-ndjson',
  'csv',
  'sql',
]
const textSigns = ['{', '[', '<', 'function', 'var ', 'const ', 'let ']

function looksLikeFile(body: Uint8Array, mimeType: string, disposition: string): boolean {
  if (/^\s*attachment\b|filename\*?=/i.test(disposition)) return true
  if (/^(image|audio|video|font)\//.test(mimeType)) return true
  if (!mimeType.startsWith('application/') || textApplications.some(type => mimeType.includes(type))) return false
  const start = tryDecode(body.subarray(0, 1_024), 'utf-8')
  return start === undefined || !textSigns.some(sign => start.includes(sign))
}

/** The sender’s charset, else UTF-8, else the Chinese encoding that holds every older one. */
function decodeText(body: Uint8Array, contentType: string): string {
  const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1]
  const named = charset === undefined ? undefined : tryDecode(body, charset)
  return named ?? tryDecode(body, 'utf-8') ?? new TextDecoder('gb18030').decode(body)
}

function tryDecode(body: Uint8Array, charset: string): string | undefined {
  try {
    // A cut at 1,024 bytes may split a character: `stream` leaves it out instead of failing.
    return new TextDecoder(charset, { fatal: true }).decode(body, { stream: true })
  } catch {
    return undefined
  }
}

function checkSize(kind: 'Text' | 'File', size: number, max: number): void {
  if (size <= max) return
  const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(2)} MB`
  throw new RequestFailure(
    `${kind} size is too large, max size is ${megabytes(max)}, but current size is ${megabytes(size)}.`,
    'ResponseSizeError',
  )
}
