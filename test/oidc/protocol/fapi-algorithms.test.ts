import { generateKeyPairSync, webcrypto } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { expect, it } from 'vitest'
import { authorization, callback, type House, openHouse } from '../support.ts'
import { discovered, plain, pushedSignIn, withNonce } from './support.ts'

type Padding = 'RSA-PSS' | 'RSASSA-PKCS1-v1_5'

/** One key in two hands: what it signs with is the only difference. */
async function rsaPairs() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
  const pair = async (name: Padding): Promise<oauth.CryptoKeyPair> => ({
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, { name, hash: 'SHA-256' }, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, { name, hash: 'SHA-256' }, true, ['verify']),
  })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kty: 'RSA', kid: 'one' }
  return { jwk, ps256: await pair('RSA-PSS'), rs256: await pair('RSASSA-PKCS1-v1_5') }
}

async function bank(house: House, profile: 'fapi2' | null) {
  const { jwk, ...pairs } = await rsaPairs()
  const { id } = await house.addClient({ profile, authMethod: 'private_key_jwt', jwks: { keys: [jwk] } })
  const as = await discovered(house)
  const client: oauth.Client = { client_id: id }
  const by = ({ privateKey: key }: oauth.CryptoKeyPair) => oauth.PrivateKeyJwt({ key, kid: 'one' })
  const holding = (pair: oauth.CryptoKeyPair) => oauth.DPoP(client, pair)
  const push = async (asserted: oauth.CryptoKeyPair, signed: oauth.CryptoKeyPair) => {
    const { url } = await authorization(house, { clientId: id })
    const key = { key: signed.privateKey, kid: 'one' }
    const request = await oauth.issueRequestObject(as, client, url.searchParams, key)
    const answer = await oauth.pushedAuthorizationRequest(as, client, by(asserted), { request }, plain)
    const { error } = (await answer.json()) as { error?: string }
    return error ?? answer.status
  }
  const signIn = (proof: oauth.CryptoKeyPair) =>
    pushedSignIn(house, {
      as,
      client,
      auth: by(pairs.ps256),
      dpop: holding(proof),
      parameters: { redirect_uri: callback },
    })
  const userinfo = (token: string, pair: oauth.CryptoKeyPair) => {
    const dpop = holding(pair)
    return withNonce(async () => {
      const answer = await oauth.userInfoRequest(as, client, token, { ...plain, DPoP: dpop })
      return oauth.processUserInfoResponse(as, client, oauth.skipSubjectCheck, answer)
    })
  }
  return { ...pairs, push, signIn, userinfo }
}

it('under FAPI 2.0 nothing counts that was signed with RS256: no assertion, no request, no proof', async () => {
  const house = await openHouse()
  await house.addPerson()
  const { ps256, rs256, push, signIn, userinfo } = await bank(house, 'fapi2')
  expect(await push(rs256, ps256)).toBe('invalid_client')
  expect(await push(ps256, rs256)).toBe('invalid_request_object')
  expect(await push(ps256, ps256)).toBe(201)
  await expect(signIn(rs256)).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
  const { access_token: token } = await signIn(ps256)
  await expect(userinfo(token, rs256)).rejects.toThrow()
  expect(await userinfo(token, ps256)).toHaveProperty('sub')
})

it('without it RS256 is taken, as every library signs with it', async () => {
  const house = await openHouse()
  await house.addPerson()
  const { rs256, push, signIn, userinfo } = await bank(house, null)
  expect(await push(rs256, rs256)).toBe(201)
  const { access_token: token } = await signIn(rs256)
  expect(await userinfo(token, rs256)).toHaveProperty('sub')
})
