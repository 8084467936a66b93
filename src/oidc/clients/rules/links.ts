import type { Client } from '../client.ts'
import type { ClientFault } from '../faults.ts'
import { loopbacks } from '../redirect-uri.ts'
import { type Bounds, rule } from './rule.ts'

const LONGEST = 500

/** One reading: no spaces, no user name, no fragment, as a browser writes it. */
export function webAddress(text: string, { loopback }: { readonly loopback: boolean }): URL | undefined {
  if (text.length > LONGEST || /[\s\p{Cc}\\#]/u.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || !(url.href === text || url.href === `${text}/`)) return undefined
  if (url.protocol === 'https:') return url
  return loopback && url.protocol === 'http:' && loopbacks.has(url.hostname) ? url : undefined
}

/** What means the inner network, the reader's own machine, or nothing at all (RFC 6761, RFC 6762, RFC 8375). */
const innerNames = new Set(['localhost', 'local', 'internal', 'lan', 'home', 'arpa', 'onion', 'invalid'])

function saysWhose(hostname: string): boolean {
  const labels = hostname.split('.')
  const last = labels.at(-1) ?? ''
  return labels.length > 1 && /^[a-z]/.test(last) && !innerNames.has(last) && !labels.includes('')
}

const LINKS = ['uri', 'logoUri', 'policyUri', 'termsUri'] as const
const READS = [...LINKS, 'firstParty', 'redirectUris'] as const
type Linking = Pick<Client, (typeof READS)[number]>

/** People see them before they agree: what somebody else registers must not lead them astray (threat 29). */
function linkFault(client: Linking, _: Bounds, before: Linking | undefined): ClientFault | undefined {
  for (const name of LINKS) {
    const fault = faultOfLink(client, name)
    // It was no better among the redirect URIs that it had.
    const isOlder = before?.[name] === client[name] && before !== undefined && faultOfLink(before, name) !== undefined
    if (fault && !isOlder) return fault
  }
  return undefined
}

function faultOfLink(client: Linking, name: (typeof LINKS)[number]): ClientFault | undefined {
  const { [name]: link, firstParty, redirectUris } = client
  if (link === null) return undefined
  const isHome = name === 'uri'
  const url = webAddress(link, { loopback: isHome || firstParty })
  if (!url) return isHome ? { reason: 'uri-invalid' } : { reason: 'link-invalid', value: link }
  // In a network without public names they are sent back there anyway.
  const isAmongThem = redirectUris.some((to) => URL.parse(to)?.hostname === url.hostname)
  const isOwn = firstParty || isAmongThem || (isHome && loopbacks.has(url.hostname))
  return isOwn || saysWhose(url.hostname) ? undefined : { reason: 'link-host', value: link }
}

export const linkRule = rule(READS, linkFault)

export const logoutUriRule = rule(['backchannelLogoutUri'], ({ backchannelLogoutUri: uri }) => {
  if (uri === null || webAddress(uri, { loopback: true })) return undefined
  return { reason: 'logout-uri-invalid', value: uri }
})
