import { type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorization, type Browser, codeFor, type House, openSharedHouse, redeem } from '../support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
})
afterAll(() => house?.close())

interface Made {
  readonly claims?: JWTPayload
  readonly typ?: string
  readonly exp?: number
}

/** Signed by the very key that signs ID tokens: only what it says tells it from one. */
async function signedByUs(claims: JWTPayload, { typ, exp = 60 }: Made = {}): Promise<string> {
  const { active } = await house.services.signing.current.fresh()
  return new SignJWT(claims)
    .setProtectedHeader({ alg: active.algorithm, kid: active.kid, ...(typ !== undefined && { typ }) })
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + exp)
    .sign(active.privateKey)
}

const respelt = (jwt: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return jwt.slice(0, -1) + alphabet[alphabet.indexOf(jwt.at(-1) ?? '') ^ 1]
}

describe('an id_token_hint', () => {
  let client: Awaited<ReturnType<House['addClient']>>
  let browser: Browser
  let idToken: string
  let accessToken: string
  let sub: string
  beforeAll(async () => {
    client = await house.addClient()
    browser = house.browser()
    const { body } = await redeem(house, client, await codeFor(house, client, { browser }))
    idToken = body['id_token'] ?? ''
    accessToken = body['access_token'] ?? ''
    sub = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()).sub
  })

  const silently = async (hint: string): Promise<string> => {
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none', id_token_hint: hint })
    const location = (await browser.get(url)).headers.get('location') ?? ''
    return new URL(location).searchParams.get('error') ?? 'none'
  }
  const atLogout = async (hint: string): Promise<number> => {
    const url = new URL('/oauth/logout', house.url)
    url.searchParams.set('id_token_hint', hint)
    return (await browser.get(url)).status
  }

  it('is an ID token for this client, an old one too', async () => {
    expect([await silently(idToken), await atLogout(idToken)]).toEqual(['none', 200])
    const old = await signedByUs({ iss: house.issuer, aud: client.id, sub }, { exp: -3600 })
    expect([await silently(old), await atLogout(old)]).toEqual(['none', 200])
  })

  it('is nothing else that we sign, nothing of anybody else, and nothing that was changed (threats 8 and 10)', async () => {
    const of = (claims: JWTPayload, made?: Made) =>
      signedByUs({ iss: house.issuer, aud: client.id, sub, ...claims }, made)
    const [head = '', payload = '', signature = ''] = idToken.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    for (const [what, hint] of Object.entries({
      'an access token': accessToken,
      'a logout token': await of({ events }, { typ: 'logout+jwt' }),
      'an answer of introspection': await of({}, { typ: 'token-introspection+jwt' }),
      'something typed as an access token': await of({}, { typ: 'at+jwt' }),
      'for another client': await of({ aud: 'another' }),
      'of another issuer': await of({ iss: 'https://another.example.com' }),
      'without a signature': `${none}.${payload}.`,
      'cut short': `${head}.${payload}.${signature.slice(0, -4)}`,
      'with a flipped bit': `${head}.${payload}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`,
      'in another spelling': respelt(idToken),
      'not a JWT': 'hint',
    })) {
      expect(await silently(hint), what).toBe('invalid_request')
      expect(await atLogout(hint), what).toBe(400)
    }
  })
})
