import ipaddr from 'ipaddr.js'
import { RiskloomError } from '../../engine/error.ts'
import { refusedRange } from './address.ts'

/** Where a checked URL leads. `host` has no brackets and no trailing dot. */
export interface Target {
  readonly url: URL
  readonly host: string
  readonly port: number
  /** Listed by the operator: its addresses are not judged. */
  readonly allowed: boolean
}

/** Ports of services that could take an HTTP request for something else (mail, shells, databases, remote files). */
const refusedPorts = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060,
  5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
])

/** A refusal that names host and rule. */
export function denied(host: string, rule: string): RiskloomError {
  return new RiskloomError('egress-denied', `The request to ${host || 'an empty host'} was refused: ${rule}`, {
    details: { host, rule },
  })
}

/**
 * Reads a URL as strictly as every later reader of it could, so that no two of them disagree about the host.
 *
 * @param allow entries `host:port` that may be reached although their address is not public
 * @throws RiskloomError `egress-denied`
 */
export function checkTarget(text: string, allow: ReadonlySet<string>): Target {
  const url = parseStrictly(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw denied(url.host, `scheme ${url.protocol} is not http or https`)
  if (url.username !== '' || url.password !== '') throw denied(url.hostname, 'user names and passwords in addresses')
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '')
  const allowed = port !== 0 && allow.has(allowKey(host, port))
  if (host === '') throw denied('', 'no host')
  if (!allowed) checkPublic(host, port)
  return { url, host, port, allowed }
}

function checkPublic(host: string, port: number): void {
  if (refusedPorts.has(port)) throw denied(`${host}:${port}`, `port ${port} is not a port of a web server`)
  if (!ipaddr.isValid(host)) return
  const range = refusedRange(host)
  if (range !== undefined) throw denied(`${host}:${port}`, `address range ${range}`)
}

function parseStrictly(text: string): URL {
  const trimmed = text.trim()
  // Browsers drop or turn these characters silently; other readers do not.
  if (/\p{Cc}/u.test(trimmed)) throw denied(hostHint(trimmed), 'control characters in the address')
  if (trimmed.includes('\\')) throw denied(hostHint(trimmed), 'backslashes in the address')
  if (/^https?:(?!\/\/[^/])/i.test(trimmed))
    throw denied(hostHint(trimmed), 'the address does not begin with // and a host')
  if (!URL.canParse(trimmed)) throw denied(hostHint(trimmed), 'the address cannot be read')
  return new URL(trimmed)
}

function hostHint(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}

/** The form in which allow-list entries are compared. */
export function allowKey(host: string, port: number): string {
  return `${host.toLowerCase()}:${port}`
}

/** Reads allow-list entries `host:port` (IPv6 in brackets). @throws RiskloomError `invalid-setting` */
export function readAllowList(entries: readonly string[]): ReadonlySet<string> {
  return new Set(
    entries.map(entry => {
      const found = /^(\[[0-9a-fA-F:.]+\]|[^\s:/@\\]+):(\d{1,5})$/.exec(entry.trim())
      if (!found?.[1] || !found[2]) {
        throw new RiskloomError('invalid-setting', `The egress allow list holds "${entry}"; an entry is host:port`)
      }
      const host = new URL(`http://${found[1]}`).hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '')
      return allowKey(host, Number(found[2]))
    }),
  )
}
