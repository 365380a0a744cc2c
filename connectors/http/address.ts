import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

/** Address with which clouds serve machine credentials although it lies in a public range. */
const cloudAddresses = new Set(['168.63.129.16'])

/** Everything that is assigned for global unicast today; what lies outside embeds or reserves something. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Why an address must not be reached: the name of its range. Undefined for a public unicast address.
 * IPv6 forms that carry an IPv4 address are judged by it (NAT64) or refused (mapped, compatible, 6to4, Teredo).
 */
export function refusedRange(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'not an IP address'
  const parsed = ipaddr.parse(address)
  if (isOwnAddress(parsed)) return 'an address of this machine'
  return parsed instanceof ipaddr.IPv6 ? refusedRange6(parsed) : refusedRange4(parsed)
}

function refusedRange4(address: ipaddr.IPv4): string | undefined {
  if (cloudAddresses.has(address.toString())) return 'cloudMetadata'
  const range = address.range()
  return range === 'unicast' ? undefined : range
}

function refusedRange6(address: ipaddr.IPv6): string | undefined {
  const range = address.range()
  // A name server of an IPv6-only network answers 64:ff9b::<IPv4> for every public IPv4 host.
  if (range === 'rfc6052') return refusedRange4(new ipaddr.IPv4(address.toByteArray().slice(12)))
  if (range !== 'unicast') return range
  return address.match(globalUnicast) ? undefined : 'reserved'
}

function isOwnAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const text = address.toNormalizedString()
  return Object.values(networkInterfaces()).some(entries =>
    entries?.some(entry => ipaddr.isValid(entry.address) && ipaddr.parse(entry.address).toNormalizedString() === text),
  )
}
