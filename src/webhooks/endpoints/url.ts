import { type AddressRules, addressRules } from '../../http/outgoing/address-rules.ts'
import { mayReachLiteral } from '../../http/outgoing/guarded-lookup.ts'
import { fail, ok, type Result } from '../../lib/result.ts'

export type UrlFault =
  | 'no-url'
  | 'scheme'
  | 'credentials'
  | 'fragment'
  | 'too-long'
  /** Plain http leads nowhere but where the operator said. */
  | 'plain-http'
  | 'address-refused'

/** Answers the one spelling that is stored. */
export type JudgeUrl = (text: string) => Result<string, UrlFault>

const LONGEST = 2000

/**
 * What can be known without asking anybody (threat 27). What a name leads to is judged by the socket that connects: who
 * asked here would believe an answer that is another one a moment later.
 */
export function judgingUrls(allow: readonly string[]): JudgeUrl {
  const rules = addressRules(allow)
  return (text) => {
    // Before anything reads it: a megabyte is refused by its length.
    if (text.length > LONGEST) return fail('too-long')
    const url = URL.parse(text)
    if (!url) return fail('no-url')
    const fault = faultOf(url, rules, allow.length > 0)
    if (fault) return fail(fault)
    return url.href.length > LONGEST ? fail('too-long') : ok(url.href)
  }
}

function faultOf(url: URL, rules: AddressRules, someAllowed: boolean): UrlFault | undefined {
  const secure = url.protocol === 'https:'
  if (!secure && url.protocol !== 'http:') return 'scheme'
  // It would stand in the log of events and in every list.
  if (url.username !== '' || url.password !== '') return 'credentials'
  if (url.href.includes('#')) return 'fragment'
  const host = isLoopbackName(url.hostname) ? '127.0.0.1' : url.hostname
  const reached = mayReachLiteral(host, secure, rules)
  if (reached === undefined) return secure || someAllowed ? undefined : 'plain-http'
  if (reached) return undefined
  return !secure && mayReachLiteral(host, true, rules) ? 'plain-http' : 'address-refused'
}

/** Of names these alone mean the same everywhere (RFC 6761 6.3). */
const isLoopbackName = (host: string): boolean => /^(.*\.)?localhost\.?$/.test(host)
