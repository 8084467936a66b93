import { fail, ok, type Result } from '../../lib/result.ts'
import type { ClientType } from './client.ts'

export type RedirectUriFault =
  | 'not-absolute'
  | 'has-fragment'
  | 'has-wildcard'
  | 'has-userinfo'
  | 'has-spaces'
  | 'plain-http'
  | 'unsafe-scheme'
  | 'not-normalised'

const loopbacks = new Set(['localhost', '127.0.0.1', '[::1]'])
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

/**
 * RFC 9700 §2.1 and §4.1: what is registered is compared as it stands, so it must have one reading only. An app's own
 * scheme is for native apps alone and contains a dot (RFC 8252 §7.1), which keeps it apart from everybody else's.
 */
export function checkRedirectUri(type: ClientType, text: string): Result<string, RedirectUriFault> {
  if (/[\s\p{Cc}\\]/u.test(text)) return fail('has-spaces')
  if (!URL.canParse(text)) return fail('not-absolute')
  const { protocol, hostname, username, password, href } = new URL(text)
  if (text.includes('#')) return fail('has-fragment')
  if (text.includes('*')) return fail('has-wildcard')
  if (username !== '' || password !== '') return fail('has-userinfo')
  if (protocol === 'http:' && !loopbacks.has(hostname)) return fail('plain-http')
  if (protocol !== 'http:' && protocol !== 'https:') {
    const isOfAnApp = type === 'native' && protocol.includes('.') && !browserSchemes.has(protocol)
    if (!isOfAnApp) return fail('unsafe-scheme')
  }
  // `https://app.example` and `https://app.example/` are one address to a browser; the engine adds the slash.
  return href === text || href === `${text}/` ? ok(text) : fail('not-normalised')
}

/** For whoever registers one. */
export const redirectUriCure: Readonly<Record<RedirectUriFault, string>> = {
  'not-absolute': 'Give the whole address, such as https://app.example.com/callback.',
  'has-fragment': 'Leave out everything from the # on: a browser does not send it.',
  'has-wildcard': 'Register each address by itself: a redirect URI is compared character by character.',
  'has-userinfo': 'Leave out the user name and password before the host.',
  'has-spaces': 'Leave out spaces, control characters and backslashes.',
  'plain-http': 'Use https. Plain http is for localhost and 127.0.0.1 alone: on a network the code could be read.',
  'unsafe-scheme':
    'Use https; a native app (--native) may use a scheme of its own with a dot in it, such as com.example.app:/callback.',
  'not-normalised':
    'Write the address as a browser does: lower-case host, no default port, no "..", no needless escapes.',
}
