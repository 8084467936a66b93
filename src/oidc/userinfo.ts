import { type Context, Hono } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import type { AccessTokens } from './access-token.ts'
import { anyOrigin, bearerIn, refuse } from './bearer.ts'
import { claimsWithin } from './claims.ts'

interface UserinfoDeps {
  readonly issuer: string
  readonly tokens: AccessTokens
}

/**
 * OpenID Connect Core §5.3. The engine's own takes opaque tokens alone, and ours are JWTs. It takes a token that names no
 * API (its audience is the issuer): one for an API stays with that API.
 */
export function userinfoRoutes({ issuer, tokens }: UserinfoDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const answer = async (c: Context<HttpEnv>) => {
    const token = bearerIn(c)
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
