import { type Address, parseIp, spellIp } from './ip.ts'
import { type Networks, networks } from './networks.ts'

/** What the socket and the headers say about where a request came from. */
interface Origin {
  readonly peer: string | undefined
  readonly forwardedFor: string | undefined
}

export interface ClientAddresses {
  isTrustedPeer(peer: string | undefined): boolean
  clientIp(origin: Origin): string
}

interface Peer {
  readonly address: Address | undefined
  readonly spelled: string
  readonly trusted: boolean
}

const MAX_HOPS = 32
const MAX_REMEMBERED = 1000

/** `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`: proxies write all four. */
function parseHop(text: string): Address | undefined {
  const hop = text.trim()
  const withoutPort = hop.match(/^\[([^\]]+)\](?::\d+)?$/)?.[1] ?? hop.match(/^([\d.]+):\d+$/)?.[1] ?? hop
  return parseIp(withoutPort)
}

/** Walks from the nearest hop outwards and stops at the first that is nobody's proxy: what lies left of it is hearsay. */
function outermostTrusted(peer: Address, forwardedFor: string, trusted: Networks): Address {
  let current = peer
  for (const text of forwardedFor.split(',').slice(-MAX_HOPS).reverse()) {
    const hop = parseHop(text)
    if (hop === undefined) return current
    current = hop
    if (!trusted(hop)) return current
  }
  return current
}

/** `X-Forwarded-For` is believed from the configured proxies alone: from anybody else it is a wish. */
export function clientAddresses(trustedProxies: readonly string[]): ClientAddresses {
  const trusted = networks(trustedProxies)
  const remembered = new Map<string, Peer>()

  const read = (peer: string): Peer => {
    const address = parseIp(peer)
    return address === undefined
      ? { address, spelled: 'unknown', trusted: false }
      : { address, spelled: spellIp(address), trusted: trusted(address) }
  }

  const lookUp = (peer: string): Peer => {
    const known = remembered.get(peer)
    if (known !== undefined) return known
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    const entry = read(peer)
    remembered.set(peer, entry)
    return entry
  }

  return {
    isTrustedPeer: (peer) => trustedProxies.length > 0 && peer !== undefined && lookUp(peer).trusted,
    clientIp({ peer, forwardedFor }) {
      if (peer === undefined) return 'unknown'
      const { address, spelled, trusted: isProxy } = lookUp(peer)
      if (address === undefined || !isProxy || forwardedFor === undefined) return spelled
      return spellIp(outermostTrusted(address, forwardedFor, trusted))
    },
  }
}
