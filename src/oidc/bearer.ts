import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'

const bearer = /^Bearer ([A-Za-z0-9._-]+)$/i

export const bearerIn = (c: Context<HttpEnv>): string | undefined =>
  bearer.exec(c.env.exchange.header('authorization') ?? '')?.[1]

/** Nothing here goes by a cookie: whoever has the token may ask, from any page. */
export const anyOrigin = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'WWW-Authenticate' }

interface Refusal {
  readonly error: string
  readonly error_description: string
}

/** RFC 6750 §3. */
export function refuse(c: Context<HttpEnv>, status: 401 | 403, refusal: Refusal | undefined): Response {
  const said = Object.entries(refusal ?? {}).map(([name, value]) => `, ${name}="${value}"`)
  const headers = { ...anyOrigin, 'WWW-Authenticate': `Bearer realm="${new URL(c.req.url).origin}"${said.join('')}` }
  return c.json(refusal ?? { error: 'invalid_request', error_description: 'no access token was sent' }, status, headers)
}
