import { createHash, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, decodeJwt, exportJWK, type JWK, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorization, codeFor, type House, openHouse, openSharedHouse, redeem } from '../support.ts'
import { discovered, plain, pushedSignIn, withNonce } from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
})
afterAll(() => house?.close())

interface Holder {
  readonly pair: oauth.CryptoKeyPair
  readonly jwk: JWK
  readonly jkt: string
}

async function holder(): Promise<Holder> {
  const pair = await oauth.generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(pair.publicKey)
  return { pair, jwk, jkt: await calculateJwkThumbprint(jwk) }
}

interface Proof {
  readonly htm?: string
  readonly htu?: string
  readonly nonce?: string | undefined
  readonly token?: string
  readonly jti?: string
  readonly typ?: string
  readonly iat?: number
}

const proof = (
  { pair, jwk }: Holder,
  { htm = 'POST', htu = `${house.issuer}/oauth/token`, nonce, token, jti = randomUUID(), typ = 'dpop+jwt', iat }: Proof,
): Promise<string> =>
  new SignJWT({
    htm,
    htu,
    jti,
    ...(nonce !== undefined && { nonce }),
    ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
  })
    .setProtectedHeader({ alg: 'ES256', typ, jwk })
    .setIssuedAt(iat)
    .sign(pair.privateKey)

async function nonceOf(at: Pick<House, 'url'> = house): Promise<string> {
  const client = await house.addClient({ type: 'native', redirectUris: ['http://127.0.0.1/back'] })
  const answer = await fetch(new URL('/oauth/token', at.url), {
    method: 'POST',
    headers: { dpop: await proof(await holder(), {}) },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'none', client_id: client.id }),
  })
  expect(await answer.json()).toMatchObject({ error: 'use_dpop_nonce' })
  return answer.headers.get('dpop-nonce') ?? ''
}

/** A native app whose tokens are bound to the key of its device. */
async function device(key?: Holder) {
  const held = key ?? (await holder())
  const as = await discovered(house)
  const registered = await house.addClient({
    type: 'native',
    redirectUris: ['https://app.example.com/callback'],
    tokenBinding: 'dpop',
  })
  const client: oauth.Client = { client_id: registered.id }
  const dpop = oauth.DPoP(client, held.pair)
  const auth = oauth.None()
  const tokens = await pushedSignIn(house, { as, client, auth, dpop })
  const refresh = (refreshToken: string, handle: oauth.DPoPHandle = dpop) =>
    withNonce(async () => {
      const options = { ...plain, DPoP: handle }
      const answer = await oauth.refreshTokenGrantRequest(as, client, auth, refreshToken, options)
      return oauth.processRefreshTokenResponse(as, client, answer)
    })
  return { as, client, held, dpop, tokens, refresh, auth }
}

const userinfo = (headers: Record<string, string>, method = 'GET') =>
  fetch(new URL('/oauth/userinfo', house.url), { method, headers })

describe('tokens that are bound to the key of a device', () => {
  it('[MON-6] are issued, refreshed and shown by a client that others wrote, and name the key', async () => {
    const { as, client, held, dpop, tokens, refresh } = await device()
    expect(tokens.token_type).toBe('dpop')
    expect(decodeJwt(tokens.access_token)['cnf']).toEqual({ jkt: held.jkt })
    const answer = await withNonce(async () => {
      const shown = await oauth.userInfoRequest(as, client, tokens.access_token, { ...plain, DPoP: dpop })
      return oauth.processUserInfoResponse(as, client, oauth.skipSubjectCheck, shown)
    })
    expect(answer).toMatchObject({ email: expect.stringContaining('@') })
    const next = await refresh(tokens.refresh_token ?? '')
    expect(decodeJwt(next.access_token)['cnf']).toEqual({ jkt: held.jkt })
  })

  it('[MON-6] a stolen refresh token is worth nothing without the key: no proof, and another key', async () => {
    const { client, tokens, refresh } = await device()
    const stolen = tokens.refresh_token ?? ''
    const thief = await holder()
    await expect(refresh(stolen, oauth.DPoP(client, thief.pair))).rejects.toMatchObject({ error: 'invalid_grant' })
    const bare = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: stolen,
        client_id: client.client_id,
      }),
    })
    expect(await bare.json()).toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(stolen)).access_token, 'its owner goes on').toBeTypeOf('string')
  })

  it('a client that must bind its tokens gets none without a proof', async () => {
    const registered = await house.addClient({ tokenBinding: 'dpop' })
    const code = await codeFor(house, registered)
    const answer = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${registered.id}:${registered.secret}`)}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: code.code,
        code_verifier: code.verifier,
        redirect_uri: 'https://app.example.com/callback',
      }),
    })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_grant' }])
  })

  it('a code that was asked for with one key is not redeemed with another', async () => {
    const registered = await house.addClient()
    const [mine, other] = [await holder(), await holder()]
    const { url, verifier } = await authorization(house, { clientId: registered.id, dpop_jkt: mine.jkt })
    const code = (await house.browser().signIn(url)).searchParams.get('code') ?? ''
    const redeemWith = async (key: Holder) => {
      const answer = await fetch(new URL('/oauth/token', house.url), {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${registered.id}:${registered.secret}`)}`,
          dpop: await proof(key, { nonce: await nonceOf() }),
        },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          code_verifier: verifier,
          redirect_uri: 'https://app.example.com/callback',
        }),
      })
      return (await answer.json()) as Record<string, string>
    }
    expect(await redeemWith(other)).toMatchObject({ error: 'invalid_grant' })
    expect(await redeemWith(mine), 'the refusal has used nothing up').toMatchObject({ token_type: 'DPoP' })
  })
})

describe('a proof', () => {
  it('counts once, of twenty at the same moment over two processes (threat 5)', async () => {
    const beside = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    const audience = 'https://bound.example.com'
    await house.addApi({ audience, name: 'Bound', scopes: ['read'] })
    const program = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      apis: [audience],
    })
    const headers = {
      authorization: `Basic ${btoa(`${program.id}:${program.secret}`)}`,
      dpop: await proof(await holder(), { nonce: await nonceOf() }),
    }
    const ask = async ({ url }: Pick<House, 'url'>) => {
      const body = new URLSearchParams({ grant_type: 'client_credentials' })
      return (await fetch(new URL('/oauth/token', url), { method: 'POST', headers, body })).status
    }
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index % 2 ? house : beside)))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  })

  it('at userinfo is for this token, this address, this method, this key and one request', async () => {
    const { tokens, held } = await device()
    const token = tokens.access_token
    const htu = `${house.issuer}/oauth/userinfo`
    const nonce = await nonceOf()
    const good = { htm: 'GET', htu, nonce, token }
    const show = async (wrong: Proof | string, scheme = 'DPoP', key = held) => {
      const shown = typeof wrong === 'string' ? wrong : await proof(key, { ...good, ...wrong })
      const answer = await userinfo({ authorization: `${scheme} ${token}`, dpop: shown })
      return [answer.status, ((await answer.json()) as { error?: string }).error]
    }
    const once = await proof(held, good)
    expect(await show(once)).toEqual([200, undefined])
    expect(await show(once), 'the same again').toEqual([401, 'invalid_dpop_proof'])
    for (const [what, wrong] of Object.entries<Proof>({
      'another method': { htm: 'POST' },
      'another address': { htu: `${house.issuer}/oauth/token` },
      'another token': { token: 'another' },
      'another type': { typ: 'JWT' },
    }))
      expect(await show(wrong), what).toEqual([401, 'invalid_dpop_proof'])
    expect(await show({}, 'DPoP', await holder()), 'another key').toEqual([401, 'invalid_dpop_proof'])
    expect(await show({ nonce: 'made-up' })).toEqual([401, 'use_dpop_nonce'])
    expect(await show({ nonce: undefined })).toEqual([401, 'use_dpop_nonce'])
    const spare = await proof(held, good)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const twin = spare.slice(0, -1) + alphabet[alphabet.indexOf(spare.at(-1) ?? '') ^ 1]
    expect(await show(twin), 'another spelling').toEqual([401, 'invalid_dpop_proof'])
    expect(await show(`${spare}, ${spare}`), 'two').toEqual([401, 'invalid_dpop_proof'])
    expect(await show(spare), 'and the one itself').toEqual([200, undefined])
    expect(await show({}, 'Bearer'), 'said to be unbound').toEqual([401, 'invalid_token'])
    expect((await userinfo({ authorization: `Bearer ${token}` })).status).toBe(401)
    expect((await userinfo({ authorization: `DPoP ${token}` })).status, 'without one').toBe(401)
  })

  it('a token that is bound to nothing is not shown as if it were', async () => {
    const registered = await house.addClient()
    const code = await codeFor(house, registered)
    const answer = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${registered.id}:${registered.secret}`)}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: code.code,
        code_verifier: code.verifier,
        redirect_uri: 'https://app.example.com/callback',
      }),
    })
    const { access_token: token = '' } = (await answer.json()) as { access_token?: string }
    const key = await holder()
    const shown = await proof(key, { htm: 'GET', htu: `${house.issuer}/oauth/userinfo`, nonce: await nonceOf(), token })
    expect((await userinfo({ authorization: `DPoP ${token}`, dpop: shown })).status).toBe(401)
    expect((await userinfo({ authorization: `Bearer ${token}` })).status).toBe(200)
  })

  it('needs a nonce of ours at the token endpoint, whatever its time says; with it the clock of the device does not matter', async () => {
    const registered = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      tokenBinding: 'dpop',
    })
    const ask = async (given: Proof) => {
      const answer = await fetch(new URL('/oauth/token', house.url), {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${registered.id}:${registered.secret}`)}`,
          dpop: await proof(await holder(), given),
        },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
      return ((await answer.json()) as { error?: string }).error
    }
    expect(await ask({})).toBe('use_dpop_nonce')
    expect(await ask({ nonce: 'made-up' })).toBe('use_dpop_nonce')
    expect(await ask({ nonce: await nonceOf(), iat: 1_000_000_000 })).toBeUndefined()
  })
})

it('a client whose tokens are bound to a key, and that sends no proof, is told to send one', async () => {
  const client = await house.addClient({ tokenBinding: 'dpop' })
  const { status, body } = await redeem(house, client, await codeFor(house, client))
  expect([status, body['error']]).toEqual([400, 'invalid_grant'])
  expect(body['error_description']).toContain('send a DPoP proof')
})
