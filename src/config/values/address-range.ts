import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** `mapped`: an IPv4 that is written within IPv6. */
export type RangeFault = 'no-range' | 'mapped'

/**
 * Why a text is no range of addresses, wherever one is written down. It is an address or a network in CIDR: no zone, no
 * port and no name, and behind the slash plain digits within the family's length. A mapped IPv4 (`::ffff:10.0.0.0/104`) is
 * none: whoever asks is known by the IPv4 itself, so such a network would hold nobody, and shut out whoever wrote it.
 */
export function faultOfRange(text: string): RangeFault | undefined {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || more.length > 0) return 'no-range'
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))) return 'no-range'
  return family === 6 && ipaddr.IPv6.parse(address).isIPv4MappedAddress() ? 'mapped' : undefined
}

/** Of a range that is `mapped`: what to write instead. */
export const AS_IPV4 = 'an IPv4 range is written as such: 10.0.0.0/8, not ::ffff:10.0.0.0/104'
