import { RiskloomError } from '../../engine/error.ts'

export type HeaderList = readonly (readonly [name: string, value: string])[]

/** Headers that describe the connection; the transport sets them itself. */
const transportHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What may follow a redirect to another origin: anything else could be somebody’s credential. */
const harmlessHeaders = new Set([
  'accept',
  'accept-language',
  'accept-encoding',
  'content-type',
  'user-agent',
  'traceparent',
])

/**
 * Refuses headers that would smuggle others in or name another host; drops those of the connection.
 *
 * @param host host and port of the request, the only value a Host header may have
 * @throws RiskloomError `invalid-request`
 */
export function checkHeaders(headers: HeaderList, host: string): [string, string][] {
  const kept: [string, string][] = []
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(lower)) throw invalid(name, 'its name has characters that are not allowed')
    if (/[^\t\u0020-\u007e\u0080-\u00ff]/.test(value))
      throw invalid(name, 'its value has line breaks or characters outside Latin-1')
    if (lower === 'host') {
      if (value.trim().toLowerCase() !== host.toLowerCase())
        throw invalid(name, 'another host than that of the address')
    } else if (!transportHeaders.has(lower)) kept.push([lower, value])
  }
  return kept
}

function invalid(name: string, reason: string): RiskloomError {
  return new RiskloomError(
    'invalid-request',
    `The header ${JSON.stringify(name.slice(0, 80))} was refused: ${reason}`,
    {
      details: { header: name.slice(0, 80), reason },
    },
  )
}

/** The headers that go along to another origin. */
export function withoutCredentials(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => harmlessHeaders.has(name.toLowerCase()))
}

/** As undici takes them: repeated names become lists. */
export function toRecord(headers: HeaderList): Record<string, string | string[]> {
  const record = new Map<string, string | string[]>()
  for (const [name, value] of headers) {
    const before = record.get(name)
    record.set(name, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value])
  }
  return Object.fromEntries(record)
}

/** As the port gives them: one entry a value. */
export function fromRecord(headers: Readonly<Record<string, string | string[] | undefined>>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((one): [string, string] => [name.toLowerCase(), one]),
  )
}
