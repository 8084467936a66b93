import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * The one reading of a literal address. Octal, hexadecimal and short spellings are not addresses here, a mapped IPv4
 * (`::ffff:10.0.0.1`) is the IPv4 it stands for, and a zone is dropped.
 */
export function parseIp(text: string): Address | undefined {
  const bare = text.split('%', 1)[0] ?? ''
  return isIP(bare) === 0 ? undefined : ipaddr.process(bare)
}

/** One spelling per address, so that a counter keyed by it has one key. */
export const spellIp = (address: Address): string =>
  address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()

/**
 * What a limiter counts under. A household or a server is given a whole IPv6 /64 and may change its address within it
 * at will, so the network is the key.
 */
export function limiterKey(ip: string): string {
  const address = parseIp(ip)
  if (address === undefined) return ip
  if (!(address instanceof ipaddr.IPv6)) return spellIp(address)
  const network = new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0])
  return `${network.toRFC5952String()}/64`
}
