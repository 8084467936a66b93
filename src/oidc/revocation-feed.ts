import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import type { HttpEnv } from '../http/env.ts'
import { readQuery } from '../http/input/read.ts'
import type { AccessTokens } from './access-token.ts'
import { bearerIn, refuse } from './bearer.ts'
import type { Client } from './clients/client.ts'
import type { Known } from './known.ts'
import type { Revocation, Revocations } from './ports.ts'

interface FeedDeps {
  readonly issuer: string
  readonly tokens: AccessTokens
  readonly clients: Known<Client>
  readonly revocations: Revocations
}

const MOST = 1000

const query = z.strictObject({
  after: z.string().max(40_000).optional(),
  limit: z.coerce.number().int().min(1).max(MOST).default(MOST),
})

/**
 * What died before it expired, for services that validate offline and cannot wait: they keep `next` and ask again. A program
 * asks with a token of its own (client credentials) that is for this very server: one that was sent to an API cannot be sent
 * on to here.
 */
export function revocationFeedRoutes({ issuer, tokens, clients, revocations }: FeedDeps): Hono<HttpEnv> {
  const answer = async (c: Context<HttpEnv>): Promise<Response> => {
    const token = bearerIn(c)
    if (token === undefined) return refuse(c, 401, undefined)
    const valid = await tokens.verify(token)
    const client = valid && (await clients.find(valid.claims.client_id))
    if (!valid || valid.claims.sub !== client?.id || valid.claims.aud !== issuer)
      return refuse(c, 401, {
        error: 'invalid_token',
        error_description: 'ask with client credentials, and a token whose resource is this server',
      })
    // It names people of every organisation: for the operator's own services.
    if (!client.firstParty || client.serviceAccount !== null)
      return refuse(c, 403, { error: 'insufficient_scope', error_description: 'the list is for first-party services' })
    const { after, limit } = readQuery(c, query)
    const page = await revocations.since(after, limit)
    if (!page.ok) throw new AppError('bad-request', { detail: '`after` is not the `next` of an answer of this list.' })
    const { entries, next, more } = page.value
    return c.json({ revocations: entries.map(described), next, more }, 200, { 'Cache-Control': 'no-store' })
  }
  return new Hono<HttpEnv>().get('/oauth/revocations', answer)
}

/**
 * The change is seen by others when its transaction commits, a moment after it took its time: a token that was issued
 * between the two still says what was. One that was issued so shortly after it dies as well, and is renewed.
 */
const LATE_SECONDS = 2

/**
 * In the words of the claims that a token carries: dead is what has all of these and an `iat` below `before`. `iat` is in
 * whole seconds: of those of the very second of the change all are dead, one issued after it too, which costs a refresh.
 */
const described = ({ id, at, reason, sub, organisation, sid, clientId, apiKey }: Revocation) => ({
  id,
  before: Math.floor(at.getTime() / 1000) + 1 + LATE_SECONDS,
  reason,
  claims: {
    ...(sub !== undefined && { sub }),
    ...(organisation !== undefined && { org_id: organisation }),
    ...(sid !== undefined && { sid }),
    ...(clientId !== undefined && { client_id: clientId }),
    ...(apiKey !== undefined && { api_key: apiKey }),
  },
})
