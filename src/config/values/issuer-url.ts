import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { unless, withForm } from './form.ts'

const says = 'an address such as https://id.example.com'

function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host)) return ipaddr.parse(host).range() === 'loopback'
  return host === 'localhost' || host.endsWith('.localhost')
}

/**
 * Tokens name the issuer, and relying parties compare it as text: one spelling only. Over plain http whoever sits on
 * the way reads codes, cookies and tokens, and swaps the published keys.
 */
function whyNotIssuer(text: string): string | undefined {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return `expected ${says}`
  const url = new URL(text)
  if (url.username || url.password) return 'must not carry a user name or password'
  if (text.includes('?') || text.includes('#')) return 'must not carry a query or fragment (RFC 8414)'
  if (url.pathname !== '/') return 'must be the root of a host name of its own, without a path'
  if (url.protocol === 'http:' && !isLoopback(url)) {
    return 'must begin with https:// (only localhost may use http://): on plain http anybody on the way can read the tokens'
  }
  return undefined
}

/** Normalised to its origin: lower case, no default port, no trailing slash. */
export const issuerUrl = () =>
  withForm(
    z
      .string()
      .superRefine(unless(whyNotIssuer))
      .transform((text) => new URL(text).origin),
    { says },
  )
