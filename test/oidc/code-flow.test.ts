import { createRemoteJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { askToken, codeFor, openHouse, redeem } from './support.ts'

describe('code and PKCE', () => {
  it('a signed-in person brings back a code, and the code brings tokens that validate by the issuer alone', async () => {
    const house = await openHouse()
    const person = await house.addPerson()
    const client = await house.addClient()
    const code = await codeFor(house, client)
    const { status, body } = await redeem(house, client, code)
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 900 } })

    const discovery = (await (await fetch(`${house.issuer}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string
      issuer: string
    }
    const keys = createRemoteJWKSet(new URL(discovery.jwks_uri))
    const access = await jwtVerify(body['access_token'] ?? '', keys, {
      issuer: house.issuer,
      audience: house.issuer,
      typ: 'at+jwt',
      algorithms: ['RS256'],
    })
    expect(access.payload).toEqual({
      iss: house.issuer,
      sub: person.id,
      aud: house.issuer,
      client_id: client.id,
      scope: 'openid profile email',
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      sid: expect.stringMatching(/^ses_/),
      auth_time: expect.any(Number),
      acr: 'aal1',
      amr: ['pwd'],
    })
    const id = await jwtVerify(body['id_token'] ?? '', keys, { issuer: house.issuer, audience: client.id })
    expect(id.payload).toMatchObject({
      sub: person.id,
      nonce: 'a-nonce',
      name: 'Ada Lovelace',
      email: 'ada@example.test',
      email_verified: true,
      acr: 'aal1',
      amr: ['pwd'],
      sid: access.payload['sid'],
    })

    const userinfo = await fetch(`${house.issuer}/oauth/userinfo`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    })
    expect(await userinfo.json()).toEqual({
      sub: person.id,
      name: 'Ada Lovelace',
      email: 'ada@example.test',
      email_verified: true,
    })

    const refreshed = await askToken(house, client, {
      grant_type: 'refresh_token',
      refresh_token: body['refresh_token'] ?? '',
    })
    expect(refreshed.status).toBe(200)
    expect(refreshed.body['refresh_token']).not.toBe(body['refresh_token'])
    const again = await jwtVerify(refreshed.body['access_token'] ?? '', keys, { issuer: house.issuer })
    expect(again.payload).toMatchObject({ sub: person.id, sid: access.payload['sid'], amr: ['pwd'] })
  })
})
