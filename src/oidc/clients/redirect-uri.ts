import { fail, ok, type Result } from '../../lib/result.ts'
import type { ClientType } from './client.ts'

export type RedirectUriFault =
  | 'not-absolute'
  | 'has-fragment'
  | 'has-wildcard'
  | 'has-userinfo'
  | 'has-spaces'
  | 'unreadable-host'
  | 'plain-http'
  | 'loopback-https'
  | 'unsafe-scheme'
  | 'not-normalised'
  | 'too-long'

export const loopbacks: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
/** A browser runs or opens these itself instead of handing them to an app. */
const browserSchemes = new Set([
  'javascript:',
  'data:',
  'blob:',
  'file:',
  'about:',
  'view-source:',
  'filesystem:',
  'ws:',
  'wss:',
])
const LONGEST = 1000

/**
 * RFC 9700 §2.1 and §4.1: what is registered is compared as it stands, so it must have one reading only. An app's own
 * scheme is for native apps alone and contains a dot (RFC 8252 §7.1), which keeps it apart from everybody else's.
 */
export function checkRedirectUri(type: ClientType, text: string): Result<string, RedirectUriFault> {
  if (text.length > LONGEST) return fail('too-long')
  if (/[\s\p{Cc}\\]/u.test(text)) return fail('has-spaces')
  if (!URL.canParse(text)) return fail('not-absolute')
  const { protocol, hostname, username, password, href } = new URL(text)
  if (text.includes('#')) return fail('has-fragment')
  if (text.includes('*')) return fail('has-wildcard')
  if (username !== '' || password !== '') return fail('has-userinfo')
  // It stands in a policy of ours, where `;` and `,` end what was said.
  const isWeb = protocol === 'https:' || protocol === 'http:'
  if (isWeb && !/^(?:[a-z0-9._-]+|\[[0-9a-f:]+\])$/.test(hostname)) return fail('unreadable-host')
  if (protocol === 'http:' && !loopbacks.has(hostname)) return fail('plain-http')
  // RFC 8252 §7.2: an https address is claimed by an app, and nobody can claim what every machine has.
  if (protocol === 'https:' && type === 'native' && loopbacks.has(hostname)) return fail('loopback-https')
  if (!isWeb) {
    const isOfAnApp = type === 'native' && protocol.includes('.') && !browserSchemes.has(protocol)
    if (!isOfAnApp) return fail('unsafe-scheme')
  }
  // `https://app.example` and `https://app.example/` are one address to a browser; the engine adds the slash.
  return href === text || href === `${text}/` ? ok(text) : fail('not-normalised')
}

/**
 * RFC 9700 §4.1.3: character by character. RFC 8252 §7.3: an app on a device gets whatever port is free, on the loopback
 * as an address; the rest is compared as everywhere.
 */
export const isRegistered = (type: ClientType, registered: readonly string[], given: string): boolean => {
  if (registered.includes(given)) return true
  const anyPort = type === 'native' ? withoutPort(given) : undefined
  return anyPort !== undefined && registered.some((uri) => withoutPort(uri) === anyPort)
}

const onLoopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::([1-9]\d{0,4}))?([/?][!-~]*|)$/

function withoutPort(uri: string): string | undefined {
  const [, host, port = '1', rest] = onLoopback.exec(uri) ?? []
  return host === undefined || Number(port) > 65_535 ? undefined : `${host}${rest}`
}

/** For whoever registers one. */
export const redirectUriCure: Readonly<Record<RedirectUriFault, string>> = {
  'not-absolute': 'Give the whole address, such as https://app.example.com/callback.',
  'has-fragment': 'Leave out everything from the # on: a browser does not send it.',
  'has-wildcard': 'Register each address by itself: a redirect URI is compared character by character.',
  'has-userinfo': 'Leave out the user name and password before the host.',
  'has-spaces': 'Leave out spaces, control characters and backslashes.',
  'unreadable-host': 'Give a host name of letters, digits, dots and hyphens, others written as xn--….',
  'plain-http': 'Use https. Plain http is for localhost and 127.0.0.1 alone: on a network the code could be read.',
  'loopback-https':
    'An app on a device listens at http://127.0.0.1/… or http://[::1]/… (any port); https is for a host that it has claimed.',
  'unsafe-scheme':
    'Use https; a native app may use a scheme of its own with a dot in it, such as com.example.app:/callback.',
  'not-normalised':
    'Write the address as a browser does: lower-case host, no default port, no "..", no needless escapes.',
  'too-long': `Give an address of at most ${LONGEST} characters; what changes from one request to the next belongs in state.`,
}
