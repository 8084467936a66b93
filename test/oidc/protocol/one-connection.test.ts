import * as oauth from 'oauth4webapi'
import { expect, it } from 'vitest'
import { openHouse } from '../support.ts'
import { discovered, makeKey, plain, pushedSignIn, withNonce } from './support.ts'

it('a JWT that counts once is written where the request writes: a pool of one serves a client with keys, proofs and pushed requests', async () => {
  const house = await openHouse({ poolSize: 1 })
  await house.addPerson()
  const key = await makeKey('one')
  const as = await discovered(house)
  const registered = await house.addClient({
    authMethod: 'private_key_jwt',
    jwks: { keys: [{ ...key.jwk, kty: 'EC' }] },
    requiresPar: true,
    tokenBinding: 'dpop',
  })
  const client: oauth.Client = { client_id: registered.id }
  const auth = oauth.PrivateKeyJwt({ key: key.key, kid: key.kid })
  const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const options = { ...plain, DPoP: dpop }
  const tokens = await pushedSignIn(house, { as, client, auth, dpop })
  const refreshed = await withNonce(async () => {
    const answer = await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', options)
    return oauth.processRefreshTokenResponse(as, client, answer)
  })
  const info = await withNonce(async () => {
    const answer = await oauth.userInfoRequest(as, client, refreshed.access_token, options)
    return oauth.processUserInfoResponse(as, client, oauth.skipSubjectCheck, answer)
  })
  expect(info.sub).toMatch(/^usr_/)
})
