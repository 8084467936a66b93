import { parseIp } from '../../http/address/ip.ts'
import { networks } from '../../http/address/networks.ts'
import type { Policy } from './policy.ts'

/** How whoever asks has signed in, and from where. */
export interface Standing {
  readonly now: Date
  /** Undefined for a program: nobody signed in. */
  readonly signedIn: { readonly at: Date } | undefined
  /** Undefined where the address is not known to us: then a policy of addresses is not met … */
  readonly ip: string | undefined
  /** … unless it was judged before, when what is looked at here was issued. */
  readonly addressJudged?: true
}

/** `sign-in-again`: a fresh or stronger sign-in mends it; the others need another person to do something. */
export type PolicyVerdict =
  | { readonly kind: 'met' }
  | { readonly kind: 'address-not-allowed' }
  | { readonly kind: 'sign-in-again'; readonly maxAge: number }

/** One function for sign-in, switch, refresh, exchange and introspection. Second factors are judged with the rules of all who may ask for them. */
export function judge(
  { ipRanges, sessionMaxAge }: Policy,
  { now, signedIn, ip, addressJudged }: Standing,
): PolicyVerdict {
  if (!addressJudged && !isFrom(ip, ipRanges ?? [])) return { kind: 'address-not-allowed' }
  if (sessionMaxAge !== undefined && signedIn && now.getTime() - signedIn.at.getTime() > sessionMaxAge * 1000)
    return { kind: 'sign-in-again', maxAge: sessionMaxAge }
  return { kind: 'met' }
}

/** No range is no limit; an address that is not known lies in none. */
export function isFrom(ip: string | undefined, ranges: readonly string[]): boolean {
  if (ranges.length === 0) return true
  const address = ip === undefined ? undefined : parseIp(ip)
  return address !== undefined && networks(ranges)(address)
}
