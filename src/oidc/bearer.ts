import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'

const presented = /^(Bearer|DPoP) ([A-Za-z0-9._-]+)$/i

export interface Presented {
  readonly token: string
  readonly scheme: 'bearer' | 'dpop'
}

export function presentedIn(c: Context<HttpEnv>): Presented | undefined {
  const [, scheme, token] = presented.exec(c.env.exchange.header('authorization') ?? '') ?? []
  if (scheme === undefined || token === undefined) return undefined
  return { token, scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer' }
}

/** Nothing here goes by a cookie: whoever has the token may ask, from any page. */
export const anyOrigin = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'WWW-Authenticate, DPoP-Nonce',
}

interface Refusal {
  readonly error: string
  readonly error_description: string
}

interface How {
  readonly scheme?: 'Bearer' | 'DPoP'
  /** Beside the error, as `name="value"`. */
  readonly more?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** RFC 6750 §3, RFC 9449 §7.1. */
export function refuse(
  c: Context<HttpEnv>,
  status: 401 | 403,
  refusal: Refusal | undefined,
  { scheme = 'Bearer', more = {}, headers = {} }: How = {},
): Response {
  const said = Object.entries({ ...refusal, ...more }).map(([name, value]) => `, ${name}="${value}"`)
  const realm = new URL(c.req.url).origin
  return c.json(refusal ?? { error: 'invalid_request', error_description: 'no access token was sent' }, status, {
    ...anyOrigin,
    ...headers,
    'WWW-Authenticate': `${scheme} realm="${realm}"${said.join('')}`,
  })
}
