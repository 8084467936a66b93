import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'
import type { HttpEnv } from '../../http/env.ts'
import { readQuery } from '../../http/input/read.ts'
import type { KeySnapshot } from '../../keyring/signing/key-set.ts'
import type { Soon } from '../../lib/soon.ts'
import { refuse } from '../bearer.ts'
import type { Client } from '../clients/client.ts'
import type { HolderOf } from '../holder.ts'
import type { Known } from '../known.ts'
import { type AnswerFeed, FEED_TYPE } from './answer.ts'
import type { FeedReader } from './reader.ts'

interface FeedDeps {
  readonly issuer: string
  readonly holderOf: HolderOf
  readonly clients: Known<Client>
  readonly keys: () => Soon<KeySnapshot>
  readonly readerOf: (client: Client, audience: string, keys: KeySnapshot) => Promise<FeedReader | undefined>
  readonly answer: AnswerFeed
}

const MOST = 500

const query = z.strictObject({
  api: z.string().min(1).max(500),
  after: z.string().max(40_000).optional(),
  limit: z.coerce.number().int().min(1).max(MOST).default(MOST),
})

/**
 * What died before it expired, for services that validate offline and cannot wait: they keep `next` and ask again. A program
 * asks with a token of its own (client credentials) that is for this very server: one that was sent to an API cannot be sent
 * on to here. It is answered for one API, signed as the tokens of that API are, so that nobody on the way adds, takes away
 * or tells again what was said before.
 */
export function revocationFeedRoutes(deps: FeedDeps): Hono<HttpEnv> {
  const { issuer, holderOf, clients, keys, readerOf, answer } = deps

  const respond = async (c: Context<HttpEnv>): Promise<Response> => {
    const held = await holderOf(c)
    if ('refusal' in held) return held.refusal
    const { valid } = held
    const client = await clients.find(valid.claims.client_id)
    if (valid.claims.sub !== client?.id || valid.claims.aud !== issuer)
      return refuse(c, 401, {
        error: 'invalid_token',
        error_description: 'ask with client credentials, and a token whose resource is this server',
      })
    const { api, after, limit } = readQuery(c, query)
    // What works for one organisation does not read of all of them.
    const reader = client.serviceAccount === null ? await readerOf(client, api, await keys()) : undefined
    if (!reader)
      return refuse(c, 403, {
        error: 'insufficient_scope',
        error_description: 'the list is for a program that the API is allowed for, and that is no service account',
      })
    const answered = await answer(reader, { after, limit })
    if (!answered.ok)
      throw new AppError('bad-request', { detail: '`after` is not the `next` of an answer of this list.' })
    return c.body(answered.value, 200, { 'Content-Type': `application/${FEED_TYPE}`, 'Cache-Control': 'no-store' })
  }
  return new Hono<HttpEnv>().get('/oauth/revocations', respond)
}
