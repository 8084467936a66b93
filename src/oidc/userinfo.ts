import { type Context, Hono } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import { anyOrigin, refuse } from './bearer.ts'
import { claimsWithin } from './claims.ts'
import type { Client } from './clients/client.ts'
import { mayCallFrom } from './clients/origins.ts'
import type { HolderOf } from './holder.ts'
import type { Known } from './known.ts'
import type { Users } from './ports.ts'

interface UserinfoDeps {
  readonly issuer: string
  readonly users: Pick<Users, 'find'>
  readonly clients: Known<Client>
  readonly holderOf: HolderOf
}

/**
 * OpenID Connect Core §5.3. The engine's own takes opaque tokens alone, and ours are JWTs. It takes a token that names no
 * API (its audience is the issuer): one for an API stays with that API.
 */
export function userinfoRoutes({ issuer, users, clients, holderOf }: UserinfoDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const answer = async (c: Context<HttpEnv>) => {
    const held = await holderOf(c)
    if ('refusal' in held) return held.refusal
    const { claims, person: holder, scopes } = held.valid
    const person = holder && claims.aud === issuer ? await users.find(holder.id) : undefined
    if (!holder || person?.status !== 'active')
      return refuse(c, 401, { error: 'invalid_token', error_description: 'the token does not count here' })
    if (!scopes.has('openid'))
      return refuse(c, 403, { error: 'insufficient_scope', error_description: 'the token lacks the scope openid' })
    const origin = c.env.exchange.header('origin')
    const client = origin === undefined ? undefined : await clients.find(claims.client_id)
    // It came by another page than those of the application: the token was not given to that one.
    if (origin !== undefined && !(client && mayCallFrom(client, origin)))
      return c.json({ error: 'invalid_request', error_description: NOT_FROM_THERE }, 400, { Vary: 'Origin' })
    const known = claimsWithin({ scopes, asked: claims.userinfo_claims ?? [] }, { ...person, id: holder.id })
    return c.json({ sub: claims.sub, ...known }, 200, {
      ...anyOrigin,
      ...(origin !== undefined && { 'Access-Control-Allow-Origin': origin }),
      Vary: 'Origin',
    })
  }
  routes.get('/oauth/userinfo', answer)
  routes.post('/oauth/userinfo', answer)
  routes.options('/oauth/userinfo', (c) =>
    c.body(null, 204, {
      ...anyOrigin,
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'Authorization, DPoP',
      'Access-Control-Max-Age': '3600',
    }),
  )
  return routes
}

const NOT_FROM_THERE = 'pages of this origin are not registered for the client'
