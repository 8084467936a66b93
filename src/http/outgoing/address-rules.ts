import ipaddr from 'ipaddr.js'
import { type Address, parseIp } from '../address/ip.ts'
import { networks } from '../address/networks.ts'

/** `public` addresses take https alone; plain http goes nowhere but where the operator said. */
export type Reach = 'public' | 'allowed' | 'refused'
export type AddressRules = (ip: string) => Reach

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

const ipv4Inside = (address: ipaddr.IPv6): Address => new ipaddr.IPv4(address.toByteArray().slice(12))

/**
 * Public means: assigned, routed, one host. All the rest (loopback, private, link-local with its cloud metadata, carrier
 * NAT, multicast, unspecified, and IPv6 forms that carry an IPv4 inside, such as 6to4 and Teredo) leads into the
 * operator's network. NAT64 alone is looked through, since on an IPv6-only host everything public is reached by it.
 */
function isPublic(address: Address): boolean {
  if (!(address instanceof ipaddr.IPv6)) return address.range() === 'unicast'
  if (address.match(nat64)) return isPublic(ipv4Inside(address))
  return address.range() === 'unicast' && address.match(globalUnicast)
}

export function addressRules(allow: readonly string[]): AddressRules {
  const isAllowed = networks(allow)
  return (ip) => {
    const address = parseIp(ip)
    if (address === undefined) return 'refused'
    if (isAllowed(address)) return 'allowed'
    return isPublic(address) ? 'public' : 'refused'
  }
}
