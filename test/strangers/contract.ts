import { createRemoteJWKSet, type JWTVerifyResult, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { z } from 'zod'

/** What a back end does: it knows the issuer's address, and `jose`. */
export async function validated(issuer: string, token: string, audience: string): Promise<JWTVerifyResult> {
  const discovery = await fetch(new URL('/.well-known/openid-configuration', issuer))
  const { jwks_uri } = z.object({ jwks_uri: z.url() }).parse(await discovery.json())
  const keys = createRemoteJWKSet(new URL(jwks_uri))
  return jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt', algorithms: ['RS256'] })
}

/** The claims that every access token of a person carries. */
export async function expectAccessToken(token: string, about: { issuer: string; clientId: string; audience?: string }) {
  const { issuer, clientId, audience = issuer } = about
  const { payload, protectedHeader } = await validated(issuer, token, audience)
  expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'at+jwt', kid: expect.any(String) })
  expect(payload).toMatchObject({
    iss: issuer,
    sub: expect.stringMatching(/^usr_/),
    aud: audience,
    client_id: clientId,
    iat: expect.any(Number),
    exp: expect.any(Number),
    jti: expect.any(String),
    scope: expect.any(String),
    sid: expect.any(String),
    auth_time: expect.any(Number),
    acr: 'aal1',
    amr: ['pwd'],
  })
  return payload
}
