import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { AddressRules, Reach } from './address-rules.ts'

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

/** Carries no address: whoever chose the name must not learn from us what it resolves to in here. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

const enough = (reach: Reach, secure: boolean): boolean => reach === 'allowed' || (reach === 'public' && secure)

/** Undefined for a name: what it leads to is known when it is looked up, and not before. */
export function mayReachLiteral(hostname: string, secure: boolean, rules: AddressRules): boolean | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 ? undefined : enough(rules(bare), secure)
}

/** A literal address in the URL is never looked up by the socket, so it is judged here. */
export function refuseLiteral(hostname: string, secure: boolean, rules: AddressRules): void {
  if (mayReachLiteral(hostname, secure, rules) === false) throw new AddressRefused()
}

/**
 * The look-up of the very socket that connects: the address judged is the address connected to, and a name that answers
 * something else the second time (rebinding) gains nothing. One refused address among several refuses the name.
 */
export const guardedLookup =
  (resolve: Resolve, rules: AddressRules, secure: boolean): LookupFunction =>
  (hostname, options, callback) => {
    const fail = (error: NodeJS.ErrnoException) => callback(error, '', 0)
    resolve(hostname).then((addresses) => {
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => enough(rules(address), secure)))
        return fail(new AddressRefused())
      if (options.all === true) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    }, fail)
  }
