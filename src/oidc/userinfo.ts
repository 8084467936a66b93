import { type Context, Hono } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import type { AccessTokens } from './access-token.ts'
import { claimsWithin } from './claims.ts'

interface UserinfoDeps {
  readonly issuer: string
  readonly tokens: AccessTokens
}

const bearer = /^Bearer ([A-Za-z0-9._-]+)$/i

/**
 * OpenID Connect Core §5.3. The engine's own takes opaque tokens alone, and ours are JWTs. It takes a token that names no
 * API (its audience is the issuer): one for an API stays with that API.
 */
export function userinfoRoutes({ issuer, tokens }: UserinfoDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const answer = async (c: Context<HttpEnv>) => {
    const [, token] = bearer.exec(c.env.exchange.header('authorization') ?? '') ?? []
    if (token === undefined) return refuse(c, 401, undefined)
    const valid = await tokens.verify(token)
    if (!valid?.person || valid.claims.aud !== issuer)
      return refuse(c, 401, { error: 'invalid_token', error_description: 'the token does not count here' })
    if (!valid.scopes.has('openid'))
      return refuse(c, 403, { error: 'insufficient_scope', error_description: 'the token lacks the scope openid' })
    return c.json(claimsWithin(valid.scopes, valid.person.id, valid.person), 200, anyOrigin)
  }
  routes.get('/oauth/userinfo', answer)
  routes.post('/oauth/userinfo', answer)
  routes.options('/oauth/userinfo', (c) =>
    c.body(null, 204, {
      ...anyOrigin,
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'Authorization',
      'Access-Control-Max-Age': '3600',
    }),
  )
  return routes
}

/** Nothing here goes by a cookie: whoever has the token may ask, from any page. */
const anyOrigin = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'WWW-Authenticate' }

interface Refusal {
  readonly error: string
  readonly error_description: string
}

function refuse(c: Context<HttpEnv>, status: 401 | 403, refusal: Refusal | undefined): Response {
  const said = Object.entries(refusal ?? {}).map(([name, value]) => `, ${name}="${value}"`)
  const headers = { ...anyOrigin, 'WWW-Authenticate': `Bearer realm="${new URL(c.req.url).origin}"${said.join('')}` }
  return c.json(refusal ?? { error: 'invalid_request', error_description: 'no access token was sent' }, status, headers)
}
