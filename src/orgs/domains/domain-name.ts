import { domainToASCII } from 'node:url'

const NAME = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** In ASCII and lower case, as it stands behind the @ of an address. No number at its end: that is an address of a machine. */
export function parseDomain(typed: string): string | undefined {
  const written = typed.trim()
  // What the parser of URLs would cut off is no part of a name.
  if (/[/?#\\@:%\s[\]]/.test(written)) return undefined
  const domain = domainToASCII(written).toLowerCase()
  return NAME.test(domain) ? domain : undefined
}

export const CHALLENGE_PREFIX = 'hearthkey-domain-verification='

/** Where its owner publishes the challenge, one way or the other. */
export const recordName = (domain: string): string => `_hearthkey.${domain}`
export const fileUrl = (domain: string): string => `https://${domain}/.well-known/hearthkey-domain.txt`
