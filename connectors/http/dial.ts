import { ADDRCONFIG } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import { refusedRange } from './address.ts'
import { checkTarget, denied } from './target.ts'

/** Resolves a name to all its addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>

export type Connector = buildConnector.connector
type Connected = Extract<Parameters<buildConnector.Callback>, readonly [null, unknown]>[1]

export const systemResolve: Resolve = async host =>
  (await lookup(host, { all: true, hints: ADDRCONFIG })).map(entry => entry.address)

/**
 * A connector for undici that every connection passes, also those after a redirect: it resolves the name once, judges all
 * its addresses and connects to the very address it judged, so that a second answer of the name server changes nothing.
 */
export function guardedConnector(options: {
  allow: ReadonlySet<string>
  resolve: Resolve
  base: Connector
}): Connector {
  const { allow, resolve, base } = options
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '')
    const port = target.port === '' ? '' : `:${target.port}`
    const url = `${target.protocol}//${isIP(host) === 6 ? `[${host}]` : host}${port}`
    void settle(callback, async () => connectFirst(base, target, await checkedAddresses(url, allow, resolve)))
  }
}

async function settle(callback: buildConnector.Callback, connect: () => Promise<Connected>): Promise<void> {
  let socket: Connected
  try {
    socket = await connect()
  } catch (error) {
    callback(error instanceof Error ? error : new Error(String(error)), null)
    return
  }
  callback(null, socket)
}

async function checkedAddresses(url: string, allow: ReadonlySet<string>, resolve: Resolve): Promise<readonly string[]> {
  const { host, port, allowed } = checkTarget(url, allow)
  const addresses = isIP(host) ? [host] : await resolve(host)
  if (addresses.length === 0) throw denied(host, 'the name has no address')
  const refused = allowed
    ? undefined
    : addresses.map(address => refusedRange(address)).find(range => range !== undefined)
  if (refused !== undefined) throw denied(`${host}:${port}`, `the name leads to address range ${refused}`)
  return addresses
}

async function connectFirst(
  base: Connector,
  target: buildConnector.Options,
  addresses: readonly string[],
): Promise<Connected> {
  let last: unknown = new Error('no address')
  for (const address of addresses) {
    try {
      return await connectOne(base, target, address)
    } catch (error) {
      last = error
    }
  }
  throw last
}

function connectOne(base: Connector, target: buildConnector.Options, address: string): Promise<Connected> {
  return new Promise((resolve, reject) => {
    base({ ...target, hostname: address }, (...outcome) => {
      if (outcome[0]) reject(outcome[0])
      else resolve(outcome[1])
    })
  })
}
