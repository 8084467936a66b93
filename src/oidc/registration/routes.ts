import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../../http/env.ts'
import { readJson } from '../../http/input/read.ts'
import { noteGuess } from '../../http/limits/guessed.ts'
import type { Result } from '../../lib/result.ts'
import { metadataOf } from './metadata.ts'
import { REGISTRATION_PATH } from './paths.ts'
import type { Registered, RegistrationFault, SelfRegistration } from './service.ts'

interface RegistrationRoutesDeps {
  readonly issuer: string
  readonly registration: SelfRegistration
}

/** What it says is what people may read and where they are sent: nobody keeps it (RFC 7591 §3.2.1). */
const unkept = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

const bearer = /^Bearer (hk[ir]_[A-Za-z0-9_-]{43})$/i

/** An application that makes its own entry, and looks after it. Mounted only where the operator has allowed it. */
export function registrationRoutes({ issuer, registration }: RegistrationRoutesDeps): Hono<HttpEnv> {
  const tokenIn = (c: Context<HttpEnv>): string => bearer.exec(c.env.exchange.header('authorization') ?? '')?.[1] ?? ''
  const whereOf = (c: Context<HttpEnv>) => c.env.exchange.origin

  const refuse = (c: Context<HttpEnv>, fault: RegistrationFault) => {
    if (fault !== 'not-allowed') return c.json(fault, 400, unkept)
    noteGuess(c.env.exchange)
    return c.json({ error: 'invalid_token', error_description: 'the token is missing, or does not count here' }, 401, {
      ...unkept,
      'WWW-Authenticate': `Bearer realm="${issuer}", error="invalid_token"`,
    })
  }

  const addressOf = (clientId: string) => `${issuer}${REGISTRATION_PATH}/${encodeURIComponent(clientId)}`

  const answer = (c: Context<HttpEnv>, done: Result<Registered, RegistrationFault>, status: 200 | 201) => {
    if (!done.ok) return refuse(c, done.error)
    const { client, registrationToken, secret } = done.value
    return c.json(
      {
        ...metadataOf(client),
        ...(secret !== undefined && { client_secret: secret, client_secret_expires_at: 0 }),
        registration_access_token: registrationToken,
        registration_client_uri: addressOf(client.id),
      },
      status,
      unkept,
    )
  }

  return new Hono<HttpEnv>()
    .post(REGISTRATION_PATH, async (c) => {
      const body = await readJson(c, z.unknown())
      return answer(c, await registration.register(whereOf(c), tokenIn(c), body), 201)
    })
    .get(`${REGISTRATION_PATH}/:id`, async (c) => {
      const token = tokenIn(c)
      const found = await registration.read(token, c.req.param('id'))
      return found.ok
        ? answer(c, { ok: true, value: { client: found.value, registrationToken: token } }, 200)
        : refuse(c, found.error)
    })
    .put(`${REGISTRATION_PATH}/:id`, async (c) => {
      const body = await readJson(c, z.unknown())
      return answer(c, await registration.update(whereOf(c), tokenIn(c), c.req.param('id'), body), 200)
    })
    .delete(`${REGISTRATION_PATH}/:id`, async (c) => {
      const removed = await registration.remove(whereOf(c), tokenIn(c), c.req.param('id'))
      return removed.ok ? c.body(null, 204, unkept) : refuse(c, removed.error)
    })
}
