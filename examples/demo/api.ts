// A back end that trusts Hearthkey: it knows the issuer's URL, and `jose`. It asks Hearthkey for its public keys now and
// then, and for nothing on the way of a request: while Hearthkey is down, tokens that were issued go on being checked.
import { Hono } from 'hono'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyResult, jwtVerify } from 'jose'
import { z } from 'zod'

export type ValidateToken = (token: string) => Promise<JWTVerifyResult>

export interface Trust {
  readonly issuer: string
  /** Who the token must be for: a token for another API is not for us, however genuine it is (RFC 9068 §4). */
  readonly audience: string
}

export function tokenValidator({ issuer, audience }: Trust): ValidateToken {
  let keys: Promise<JWTVerifyGetKey> | undefined
  const found = async () => {
    keys ??= publishedKeys(issuer)
    return keys.catch((error: unknown) => {
      keys = undefined // The next request tries again.
      throw error
    })
  }
  return async (token) =>
    jwtVerify(token, await found(), {
      issuer,
      audience,
      // An ID token is signed by the same keys and is no permission to call an API.
      typ: 'at+jwt',
      algorithms: ['RS256'],
      requiredClaims: ['sub', 'client_id', 'exp', 'iat', 'jti'],
    })
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

/** From the issuer's URL to its keys, which jose then keeps and fetches again when a token names one it has not seen. */
async function publishedKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const answer = await fetch(new URL('/.well-known/openid-configuration', issuer))
  if (!answer.ok) throw new Error(`${issuer} answers ${answer.status} instead of its configuration`)
  const told = discovery.parse(await answer.json())
  if (told.issuer !== issuer) throw new Error(`${issuer} calls itself ${told.issuer}`)
  return createRemoteJWKSet(new URL(told.jwks_uri))
}

const invoices = [
  { number: '2030-0041', customer: 'Analytical Engines Ltd', total: '1,240.00 EUR', state: 'paid' },
  { number: '2030-0042', customer: 'Difference & Sons', total: '310.50 EUR', state: 'open' },
]

export function invoicesApi(validate: ValidateToken): Hono {
  const api = new Hono()
  api.get('/api/invoices', async (c) => {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (token === undefined) return c.json({ error: 'no bearer token' }, 401, { 'WWW-Authenticate': 'Bearer' })
    try {
      const { payload } = await validate(token)
      return c.json({ for: payload.sub, invoices }, 200, { 'Cache-Control': 'no-store' })
    } catch (error) {
      if (!isOfToken(error))
        return c.json({ error: 'the keys of the issuer cannot be had' }, 503, { 'Retry-After': '5' })
      return c.json({ error: error.code }, 401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' })
    }
  })
  return api
}

/** A token that is no good is the caller's to mend; keys that cannot be fetched are not. */
const isOfToken = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === errors.JOSEError.code)
