import { jsonrepair } from 'jsonrepair'
import { decodeInput } from '../../values/codec.ts'
import { jsonText } from '../../values/text.ts'
import type { NodeCall } from '../node.ts'
import type { HttpRequestData } from './definition.ts'
import { RequestFailure } from './failure.ts'
import { percentEncode } from './lines.ts'

export interface RequestBody {
  readonly contentType: string | null
  readonly content: string
  /** As the trace shows it: a JSON body before its repair. */
  readonly shown: string
}

/** The body of the request; undefined when it has none. @throws RequestFailure when it cannot be made */
export function requestBody(call: NodeCall<HttpRequestData>): RequestBody | undefined {
  const body = call.data.body
  if (!body || body.type === 'none') return undefined
  // The bytes of files are not within reach of this node.
  if (body.type === 'binary' || body.data.some(part => part.type === 'file')) {
    throw new RequestFailure('Files cannot be sent by this version of RiskLoom')
  }
  const pairs = body.data.map((part): [string, string] => [call.render(part.key), call.render(part.value)])
  switch (body.type) {
    case 'form-data':
      return multipart(pairs, call.services.ids.uuid().replaceAll('-', ''))
    case 'x-www-form-urlencoded':
      return plain(
        'application/x-www-form-urlencoded',
        pairs.map(([key, value]) => `${formEncode(key)}=${formEncode(value)}`).join('&'),
      )
    case 'raw-text':
      return plain('text/plain', singleText(pairs))
    case 'json':
      return json(singleText(pairs))
  }
}

function plain(contentType: string, content: string): RequestBody {
  return { contentType, content, shown: content }
}

function singleText(pairs: readonly (readonly [string, string])[]): string {
  const [only, ...rest] = pairs
  if (!only || rest.length > 0)
    throw new RequestFailure(`The body must have exactly one text, it has ${pairs.length}`, 'RequestBodyError')
  return only[1]
}

/** Commas too many, quotes missing: what people type is mended and then written compactly. */
function json(text: string): RequestBody {
  try {
    const content = jsonText(decodeInput(jsonrepair(text)), { comma: ',', colon: ':', indent: 0 })
    return { contentType: 'application/json', content, shown: text }
  } catch (error) {
    throw new RequestFailure(`Failed to parse JSON: ${text.slice(0, 500)} (${String(error)})`, 'RequestBodyError')
  }
}

/** The DSL always adds this part to make its client choose multipart; receivers were built against it. */
const placeholder = '__multipart_placeholder__'

function multipart(pairs: readonly (readonly [string, string])[], boundary: string): RequestBody {
  const parts = pairs.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${quoteName(name)}"\r\n\r\n${value}\r\n`,
  )
  const last = `--${boundary}\r\nContent-Disposition: form-data; name="${placeholder}"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n`
  return plain(`multipart/form-data; boundary=${boundary}`, `${parts.join('')}${last}--${boundary}--\r\n`)
}

function quoteName(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** Python’s `quote_plus`. */
function formEncode(text: string): string {
  return percentEncode(text)
    .replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
